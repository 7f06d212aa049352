// The panel of exports: how far a file is, is told live, and the line of it takes the place of the one before. What was
// told before anybody listened is asked for.
import { on, onOpen } from "./live.js";
import { added, element } from "./html.js";

const panels = () => [...document.querySelectorAll("[data-exports]")];
const isOpen = (line) => ["waiting", "running"].includes(line?.dataset.state);

export function attach(panel) {
  if ([...panel.querySelectorAll("[data-export]")].some(isOpen)) ask(panel);
}

on("export", (frame) => {
  for (const panel of panels().filter(({ dataset }) => dataset.exports === frame.group)) {
    const old = panel.querySelector(`[data-export="${frame.export}"]`);
    if (old) show(old, element(frame.html));
    else ask(panel);
  }
});
onOpen(() => panels().forEach(ask));

/** A line in the place of the one before. */
function show(old, line) {
  if (!isOpen(old) && isOpen(line)) return;
  if (isOpen(old) && isOpen(line)) {
    // Only the numbers move: whoever has the page read out is not told each time.
    old.dataset.state = line.dataset.state;
    old.querySelector("label").textContent = line.querySelector("label").textContent;
    old.querySelector("progress").value = line.querySelector("progress").value;
    return;
  }
  const form = old.closest("[data-export-of]").nextElementSibling;
  old.replaceWith(line);
  added(line);
  form.hidden = isOpen(line);
}

async function ask(panel) {
  const answer = await fetch(`/groups/${panel.dataset.exports}/exports`, { headers: { "X-Part": "panel" } }).catch(() => null);
  if (!answer?.ok) return;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of panel.querySelectorAll("[data-export-of]")) {
    const [old, line] = [place, told.querySelector(`[data-export-of="${place.dataset.exportOf}"]`)].map((of) => of?.querySelector("[data-export]"));
    if (!line || old?.outerHTML === line.outerHTML) continue;
    if (old?.dataset.export === line.dataset.export) show(old, line);
    else {
      place.replaceChildren(line);
      added(line);
      place.nextElementSibling.hidden = isOpen(line);
    }
  }
}
