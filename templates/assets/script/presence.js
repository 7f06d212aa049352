// Presence in words and dots, as the server's pages have it (presence/_words.html).
import { made } from "./html.js";
import { attach as localTime } from "./local-time.js";

/** The words of somebody's presence; `texts` is an element whose data- attributes hold them. */
export function words({ state, note, until }, texts) {
  const parts = [made("span", "word", texts.dataset[state])];
  if (note) {
    const said = made("span", "note", texts.dataset.colon);
    said.append(made("bdi", "", note));
    parts.push(said);
  }
  if (until) {
    const ends = made("span", "ends", `${note ? " ·" : ""} ${texts.dataset.until} `);
    const time = document.createElement("time");
    time.dateTime = new Date(until).toISOString();
    time.dataset.time = "until";
    localTime(time);
    ends.append(time);
    parts.push(ends);
  }
  return parts;
}

/** Shows somebody's presence in an element: a dot on a face, or words. */
export function show(element, presence, texts) {
  element.dataset.state = presence.state;
  if (!element.querySelector(".word")) return;
  for (const old of element.querySelectorAll(":scope > :is(.word, .note, .ends)")) old.remove();
  element.prepend(...words(presence, texts));
}
