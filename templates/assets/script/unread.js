// Where the unread begin: a line above the first of them, and a button that leads there while the line is out of sight.
import { setUnread } from "./arrange.js";
import { reveal } from "./scrolling.js";

export function toUnread(talk, scroller) {
  const log = talk.querySelector("[data-log]");
  const button = talk.querySelector("[data-to-unread]");
  const line = () => log.querySelector(".unread-line");

  const show = () => {
    const there = line();
    button.hidden = !there || there.getBoundingClientRect().bottom > scroller.getBoundingClientRect().top;
  };
  button.addEventListener("click", () => {
    let first = line();
    while (first && !first.matches(".message")) first = first.nextElementSibling;
    if (first) reveal(first, scroller);
    show();
  });
  scroller.addEventListener("scroll", show, { passive: true });
  return {
    show,
    /** The first message since somebody looked away, all before having been read. */
    begin: (seq) => setUnread(log, seq - 1),
  };
}
