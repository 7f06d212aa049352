// Who is in the group, as it changes: names and faces in the head, guests marked at what they write, and the page of
// somebody who is no member any more.
import { made, renewPanel } from "./html.js";
import { on } from "./live.js";

export function attach(talk) {
  const group = talk.dataset.talk;
  const find = (name) => talk.querySelector(`[data-${name}]`);

  const markGuests = () => {
    const guests = new Set(talk.dataset.guests.split(" "));
    for (const author of talk.querySelectorAll(".message .author")) {
      const isGuest = guests.has(author.closest(".message").dataset.author);
      if (isGuest) author.dataset.guest = talk.dataset.guest;
      else delete author.dataset.guest;
    }
  };
  const show = ({ topic, names, faces, guests }) => {
    find("topic").textContent = topic;
    find("names").innerHTML = names;
    find("faces").innerHTML = faces;
    talk.dataset.guests = guests.join(" ");
    document.dispatchEvent(new CustomEvent("moot:topic", { detail: topic }));
    ["members", "settings"].forEach(renewPanel);
    markGuests();
  };
  /** What was typed is still worth something to whoever typed it. */
  const keep = (notice, words) => {
    const button = made("button", "button slim", talk.dataset.copyText);
    button.type = "button";
    button.addEventListener("click", async () => (await import("./copy.js")).copy(words));
    notice.append(made("p", "", talk.dataset.typed), made("div", "kept-text", words), button);
  };
  const close = () => {
    const typed = talk.querySelector("[data-text]")?.value.trim();
    const notice = find("no-member").content.firstElementChild.cloneNode(true);
    if (typed) keep(notice, typed);
    (talk.closest(".beside") ?? talk).replaceChildren(notice);
    notice.focus();
  };

  on("head", (frame) => { if (frame.group === group) show(frame); });
  on("people", (frame) => { if (frame.group === group) renewPanel("members"); });
  on("group_gone", (frame) => { if (frame.group === group) close(); });
  talk.addEventListener("moot:added", markGuests);
  markGuests();
}
