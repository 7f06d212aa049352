// The draft page: every change is saved when it is made and seen on the other open copies. The right to edit is kept
// alive while this copy has it; what was typed after it was lost is kept and offered.
import { on, onOpen, send } from "./live.js";
import { added, icon, made, post } from "./html.js";
import { copy } from "./copy.js";
import { toast } from "./toast.js";

const HEARTBEAT = 20_000;
const AUTOSAVE = 250;

export function attach(root) {
  const { draft, page } = root.dataset;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const mine = () => Boolean(root.querySelector('[data-lease="mine"]'));
  /** Fields that were typed into and are not saved yet, by part. */
  const dirty = new Map();
  const timers = new Map();
  /** The markup each part was given last, so that the same is not put in twice. */
  const known = new Map();

  function put(name, html) {
    const place = part(name);
    if (!place) return;
    // Not under the fingers of whoever is typing here.
    const typing = mine() && place.contains(document.activeElement) && document.activeElement.matches('[name="topic"], [name="opening"]');
    if (typing || dirty.has(name)) return;
    const focused = place.contains(document.activeElement) ? document.activeElement.id || document.activeElement.name : "";
    if (known.get(name) === html) return;
    known.set(name, html);
    place.innerHTML = html;
    place.classList.remove("changed");
    if (!mine()) requestAnimationFrame(() => place.classList.add("changed"));
    if (focused) place.querySelector(`#${CSS.escape(focused)}, [name="${CSS.escape(focused)}"]`)?.focus();
    added(place);
  }

  function putAll(parts) {
    const wasMine = mine();
    if (parts?.lease !== undefined) put("lease", parts.lease);
    if (wasMine && !mine()) keepTyped();
    for (const [name, html] of Object.entries(parts ?? {})) if (name !== "lease") put(name, html);
    if (!wasMine && mine()) root.querySelector('[name="topic"]')?.focus();
    const confirmed = root.querySelector("[data-confirmed]");
    if (confirmed && root.dataset.confirming) location.assign(confirmed.dataset.confirmed);
  }

  function state(name) {
    const shown = root.querySelector("[data-saved-state]");
    if (!shown) return;
    const words = { saving: root.dataset.saving, saved: root.dataset.saved, failed: root.dataset.notSaved };
    shown.dataset.state = name;
    shown.replaceChildren(...(name === "saved" ? [icon("check")] : []), words[name] ?? "");
  }

  async function change(form, submitter) {
    state("saving");
    const name = form.dataset.autosave;
    const sent = name && form.elements[name].value;
    const answer = await post(form.action, new URLSearchParams(new FormData(form, submitter)));
    if (answer.go) return location.assign(answer.go);
    if (answer.ok && name && form.elements[name]?.value === sent) dirty.delete(name);
    if (answer.ok) form.querySelector('[name="who"]')?.form.reset();
    putAll(answer.parts);
    state(answer.ok ? "saved" : "failed");
    if (answer.problem) complain(form, answer.problem);
  }

  function complain(form, problem) {
    const place = root.querySelector(`[data-problem="${form.dataset.change}"]`);
    if (place) place.textContent = problem;
    else toast(problem, "bad", "warn");
  }

  /** The lease went away while something was typed and not saved. */
  function keepTyped() {
    for (const [name, value] of dirty) {
      const box = made("div", "notice bad");
      const words = made("div", "grow");
      words.append(made("b", "", root.dataset.lost), made("p", "", root.dataset.lostText), made("div", "kept-text", value));
      const button = made("button", "button slim", root.dataset.copyText);
      button.type = "button";
      button.addEventListener("click", () => copy(value));
      words.append(button);
      box.append(icon("warn"), words);
      root.querySelector("[data-kept]").append(box);
      dirty.delete(name);
    }
  }

  root.addEventListener("input", (event) => {
    const form = event.target.closest("[data-autosave]");
    if (!form) return;
    const name = form.dataset.autosave;
    dirty.set(name, event.target.value);
    state("saving");
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(() => change(form), AUTOSAVE));
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches("[data-confirm]")) root.dataset.confirming = "yes";
    change(event.target, event.submitter);
  });
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-preview]");
    if (!button) return;
    const form = root.querySelector('[data-autosave="opening"]');
    const show = button.getAttribute("aria-pressed") === "false";
    if (show) {
      clearTimeout(timers.get("opening"));
      const answer = await post(form.action, new URLSearchParams(new FormData(form)));
      if (answer.ok) dirty.delete("opening");
      root.querySelector("[data-preview-box]").innerHTML = answer.preview ?? "";
    }
    button.setAttribute("aria-pressed", String(show));
    root.querySelector("[data-preview-box]").hidden = !show;
    form.hidden = show;
  });

  const form = () => new URLSearchParams({ page });
  setInterval(async () => {
    if (!mine()) return;
    const answer = await post(`/drafts/${draft}/heartbeat`, form());
    if (answer.status) putAll(answer.parts);
  }, HEARTBEAT);
  addEventListener("pagehide", () => { if (mine()) navigator.sendBeacon(`/drafts/${draft}/release`, form()); });

  on("draft_changed", (frame) => {
    if (frame.draft !== draft) return;
    root.dataset.version = frame.version;
    putAll(frame.parts);
  });
  const watch = () => send({ type: "watch_draft", draft, version: Number(root.dataset.version), page });
  on("resync", watch);
  onOpen(watch);
}
