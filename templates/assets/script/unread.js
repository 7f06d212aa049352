// Where the unread begin: a line above the first of them, and a button that leads there while the line is out of sight.
import { setUnread } from "./arrange.js";
import { looking } from "./read.js";
import { reveal } from "./scrolling.js";

export function toUnread(talk, scroller) {
  const log = talk.querySelector("[data-log]");
  const button = talk.querySelector("[data-to-unread]");
  const line = () => log.querySelector(".unread-line");

  /** Once the line was in sight, or somebody has answered, they know what is new. */
  let isKnown = false;

  const show = () => {
    const place = line()?.getBoundingClientRect();
    const { top, bottom } = scroller.getBoundingClientRect();
    const isAbove = place?.bottom <= top;
    if (place && !isAbove && place.top < bottom && looking()) isKnown = true;
    button.hidden = isKnown || !isAbove;
  };
  button.addEventListener("click", () => {
    let first = line();
    while (first && !first.matches(".message")) first = first.nextElementSibling;
    if (first) reveal(first, scroller);
    show();
  });
  scroller.addEventListener("scroll", show, { passive: true });
  addEventListener("focus", show);
  talk.addEventListener("moot:drawn", () => {
    isKnown = true;
    show();
  });
  return {
    show,
    /** The first message since somebody looked away, all before having been read. */
    begin(seq) {
      isKnown = false;
      setUnread(log, seq - 1);
    },
  };
}
