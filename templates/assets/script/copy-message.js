// The link to a message, or its words, for the clipboard.
import { copy } from "./copy.js";

export function act(what, message, { talk }) {
  const { seq } = message.dataset;
  const link = new URL(`/groups/${talk.dataset.talk}?at=${seq}#m-${seq}`, location.href);
  copy(what === "copy-link" ? link.href : message.querySelector(".prose").innerText.trim());
}
