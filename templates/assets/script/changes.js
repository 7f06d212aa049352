// Messages that change while they are on the page: edited, removed, reacted to, pinned. The server sends the changes in
// order and leaves none out, so the page only remembers the number of the last one, and says it when it watches.
import { added, element, renewPanel } from "./html.js";
import { on } from "./live.js";

/** Marks of a message that may be gone after a change. */
const MARKS = ["removed", "pinned"];

export function watchChanges(talk, log, watch) {
  const group = talk.dataset.talk;
  let known = Number(talk.dataset.change);

  on("changed", (frame) => {
    if (frame.group !== group) return;
    known = frame.change;
    showChange(log, frame);
    showAnswered(frame);
    renewPanel("pins");
    // What was removed may have had some.
    if (/ data-(file|removed)\b/.test(frame.html)) renewPanel("files");
  });

  return {
    /** Everything up to this change is on the page. */
    known: () => known,
    /** Messages are being loaded: call what it gives when they are in. What changed meanwhile is asked for again. */
    loads() {
      const before = known;
      return () => {
        if (known === before) return;
        known = before;
        watch();
      };
    },
  };
}

/** Shows a message as it is after a change, unless the page has a newer one. */
export function showChange(log, { seq, change, html }) {
  const message = log.querySelector(`#m-${seq}`);
  if (message && Number(message.dataset.change) < change) redraw(message, element(html));
}

/** The line above the messages that answer it, wherever one stands. */
function showAnswered({ seq, answered }) {
  for (const line of document.querySelectorAll(`[data-answered="${Number(seq)}"]`)) line.replaceWith(element(answered));
}

/** The element stays, with its place, its focus and what other behaviours know of it. */
function redraw(message, fresh) {
  const focused = message.contains(document.activeElement) ? document.activeElement : null;
  const unfolded = message.querySelector(".hidden-part")?.open;
  const kept = [...message.children].filter((child) => "keep" in child.dataset);
  for (const mark of MARKS) delete message.dataset[mark];
  Object.assign(message.dataset, fresh.dataset);
  message.replaceChildren(...fresh.childNodes, ...kept);
  const hidden = message.querySelector(".hidden-part");
  if (hidden && unfolded) hidden.open = true;
  added(message);
  // What is kept was moved, and has lost the focus, too.
  if (focused && !message.contains(document.activeElement)) (message.contains(focused) ? focused : message).focus({ preventScroll: true });
}
