// Preparing a share: each change is saved when it is made, and the preview follows. Texts that were saved in another window
// meanwhile are shown beside what was typed here; nothing is written over unasked.
import { copy } from "./copy.js";
import { added, icon, made, post } from "./html.js";
import { dragged } from "./drag-order.js";

const AUTOSAVE = 500;
const PREVIEW = 400;

export function attach(root) {
  const text = root.querySelector("[data-text-form]");
  const state = document.querySelector("[data-saved-state]");
  const frame = root.querySelector("[data-preview]");
  /** One request after the other, so that an older text never arrives behind a newer one. */
  let line = Promise.resolve();
  let timer = 0;
  let previewTimer = 0;
  let typed = false;
  let conflict = false;

  const inLine = (work) => (line = line.then(work, work));

  function tell(name) {
    const words = { saving: root.dataset.saving, saved: root.dataset.saved, failed: root.dataset.notSaved };
    state.dataset.state = name;
    state.replaceChildren(...(name === "saved" ? [icon("check")] : []), words[name]);
  }

  function complain(problem) {
    const place = root.querySelector("[data-problem]");
    if (!problem) return place.replaceChildren();
    const box = made("div", "notice bad");
    box.append(icon("warn"), made("p", "grow", problem));
    place.replaceChildren(box);
    return box;
  }

  /** Draws parts anew that are different now; the focus stays on the same control, or comes to the one in its place. */
  function show(parts = {}) {
    for (const [name, html] of Object.entries(parts)) {
      const part = root.querySelector(`[data-part="${name}"]`);
      const fresh = document.createElement("template");
      fresh.innerHTML = html;
      if (!part || part.known === fresh.innerHTML) continue;
      // Nobody's half-typed password goes away.
      if (part.querySelector("[type=password]")?.value && name === "access" && part.contains(document.activeElement)) continue;
      part.known = fresh.innerHTML;
      const id = part.contains(document.activeElement) && document.activeElement.id;
      const item = id && document.activeElement.closest("[data-item]")?.id;
      part.replaceChildren(fresh.content);
      added(part);
      const again = id && (part.querySelector(`#${CSS.escape(id)}:not([disabled])`) ?? part.querySelector(`#${CSS.escape(item || id)} button:not([disabled])`));
      if (again) again.focus();
    }
    clearTimeout(previewTimer);
    previewTimer = setTimeout(preview, PREVIEW);
  }

  // In the frame's place, so that no step back is added to the browser's history.
  function preview() {
    const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
    frame?.contentWindow.location.replace(`/shares/${root.dataset.share}/preview?zone=${zone}`);
  }

  async function saveText() {
    clearTimeout(timer);
    if (!typed || conflict || !text) return;
    typed = false;
    const answer = await post(text.action, new URLSearchParams(new FormData(text)));
    if (answer.theirs) return choose(answer);
    if (!answer.ok) {
      typed = true;
      tell("failed");
      if (answer.status) complain(answer.problem);
      else timer = setTimeout(() => inLine(saveText), 5 * AUTOSAVE);
      return;
    }
    text.elements.saves.value = answer.saves;
    complain("");
    show(answer.parts);
    tell(typed ? "saving" : "saved");
  }

  /** Both texts are there; which one holds is the sharer's word. */
  function choose({ problem, theirs, saves }) {
    conflict = true;
    typed = true;
    tell("failed");
    const box = complain(problem);
    const words = made("div", "grow");
    for (const value of [theirs.title, theirs.note]) if (value) words.append(made("div", "kept-text", value));
    const button = (label, act) => {
      const made_ = made("button", "button slim", label);
      made_.type = "button";
      made_.addEventListener("click", () => {
        conflict = false;
        text.elements.saves.value = saves;
        act();
        complain("");
        inLine(saveText);
      });
      return made_;
    };
    const take = () => {
      copy(text.elements.note.value);
      text.elements.title.value = theirs.title;
      text.elements.note.value = theirs.note;
    };
    const row = made("p", "choices");
    row.append(button(root.dataset.takeMine, () => {}), button(root.dataset.takeTheirs, take));
    words.append(made("p", "small quiet", root.dataset.theirs), row);
    box.querySelector("p").after(words);
  }

  /** After everything that was typed is saved. */
  async function change(action, body) {
    await saveText();
    if (conflict) return;
    tell("saving");
    const answer = await post(action, body);
    complain(answer.problem);
    show(answer.parts);
    tell(answer.ok ? "saved" : "failed");
  }

  text?.addEventListener("input", () => {
    typed = true;
    tell("saving");
    clearTimeout(timer);
    timer = setTimeout(() => inLine(saveText), AUTOSAVE);
  });
  root.addEventListener("change", ({ target }) => {
    const form = target.closest("[data-change]");
    if (!form || form.matches("[data-access]") || !target.matches("select, [type=checkbox]")) return;
    form.requestSubmit();
  });
  root.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (target === text) {
      event.preventDefault();
      return inLine(saveText);
    }
    if (!target.matches("[data-change]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(target, submitter));
    const { action } = target;
    inLine(() => change(action, body));
  });
  dragged(root, (numbers) => {
    const body = new URLSearchParams(numbers.map((number) => ["item", number]));
    inLine(() => change(`/shares/${root.dataset.share}/order`, body));
  });
  addEventListener("pagehide", () => {
    if (typed && !conflict) navigator.sendBeacon(text.action, new URLSearchParams(new FormData(text)));
  });
  preview();
}
