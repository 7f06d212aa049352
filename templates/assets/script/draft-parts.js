// The parts of the draft page: each is drawn anew when the server has it in another form, but never under the fingers of
// whoever types, and never in an older form than the one that is shown.
import { added } from "./html.js";

const FIELDS = '[name="topic"], [name="opening"]';

export function partsOf(root, isMine) {
  const place = (name) => root.querySelector(`[data-part="${name}"]`);
  /** The markup each part was given last. */
  const known = new Map([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part.innerHTML]));
  let version = Number(root.dataset.version);

  function put(name, html) {
    const part = place(name);
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    if (!part || known.get(name) === fresh.innerHTML) return;
    // While this page edits, its own fields are newer than anything that was saved.
    if (isMine() && part.querySelector(FIELDS) && fresh.content.querySelector(FIELDS)) return;
    known.set(name, fresh.innerHTML);
    const focusAgain = rememberFocus(part);
    part.replaceChildren(fresh.content);
    part.classList.remove("changed");
    if (!isMine()) requestAnimationFrame(() => part.classList.add("changed"));
    focusAgain();
    added(part);
  }

  return {
    /** Shows what the server sent; `false` if the page has something newer. */
    show(sent) {
      if (!sent.parts || sent.version < version) return false;
      version = sent.version ?? version;
      // Who may edit decides how the others are drawn.
      const { lease, ...others } = sent.parts;
      if (lease !== undefined) put("lease", lease);
      for (const [name, html] of Object.entries(others)) put(name, html);
      return true;
    },
  };
}

/** After drawing anew the focus goes to the same field, or to the button that took the place of the one before. */
function rememberFocus(part) {
  const focused = document.activeElement;
  if (!part.contains(focused)) return () => {};
  const name = focused.id || focused.name;
  const buttons = () => [...part.querySelectorAll("button")];
  const at = buttons().indexOf(focused);
  return () => {
    const same = name && part.querySelector(`#${CSS.escape(name)}, [name="${CSS.escape(name)}"]`);
    (same || buttons()[at] || buttons().at(-1))?.focus();
  };
}
