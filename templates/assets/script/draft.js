// The draft page: every change is saved when it is made and seen on the other open copies. The right to edit is kept
// alive while this copy has it; what was typed after it was lost is kept and offered.
import { on, onOpen, send } from "./live.js";
import { icon, made, post } from "./html.js";
import { copy } from "./copy.js";
import { partsOf } from "./draft-parts.js";
import { toast } from "./toast.js";

const HEARTBEAT = 20_000;
const AUTOSAVE = 250;
const POINTED = 4000;

export function attach(root) {
  const { draft, page } = root.dataset;
  const isMine = () => Boolean(root.querySelector('[data-lease="mine"]'));
  /** Fields that were typed into and are not saved yet, by part. */
  const unsaved = new Map();
  const timers = new Map();
  const parts = partsOf(root, isMine);
  let line = Promise.resolve();
  let state = "";
  let leaving = false;

  /** One request after the other, so that an older text never arrives behind a newer one. */
  function inLine(work) {
    line = line.then(work, work);
    return line;
  }

  function show(sent) {
    const wasMine = isMine();
    const typed = root.querySelector('[name="who"]')?.value;
    if (!parts.show(sent)) return;
    if (wasMine && !isMine()) keepTyped(typed);
    if (!wasMine && isMine()) root.querySelector('[name="topic"]')?.focus();
    tell(isMine() ? state : "");
    const confirmed = root.querySelector("[data-confirmed]");
    if (confirmed && root.dataset.confirming) leaveTo(confirmed.dataset.confirmed);
  }

  /** The answer and the live frame may both lead there. */
  function leaveTo(url) {
    if (leaving) return;
    leaving = true;
    location.assign(url);
  }

  function tell(name) {
    state = name;
    const shown = root.querySelector("[data-saved-state]");
    if (!shown || !name) return;
    const words = { saving: root.dataset.saving, saved: root.dataset.saved, failed: root.dataset.notSaved };
    shown.dataset.state = name;
    shown.replaceChildren(...(name === "saved" ? [icon("check")] : []), words[name]);
  }

  async function ask(form, body) {
    tell("saving");
    const answer = await post(form.action, body);
    show(answer);
    if (answer.added) root.querySelector("[data-set-place]").innerHTML = answer.added;
    tell(!answer.ok && !answer.already ? "failed" : unsaved.size ? "saving" : "saved");
    return answer;
  }

  const bodyOf = (form, submitter) => new URLSearchParams(new FormData(form, submitter));

  async function save(name) {
    clearTimeout(timers.get(name));
    const form = root.querySelector(`[data-autosave="${name}"]`);
    if (!form || !unsaved.has(name)) return;
    const sent = form.elements[name].value;
    const answer = await post(form.action, bodyOf(form));
    // Before the parts are shown: what was saved need not be kept.
    if (answer.ok && unsaved.get(name) === sent) unsaved.delete(name);
    show(answer);
    tell(!answer.ok ? "failed" : unsaved.size ? "saving" : "saved");
    // Without an answer it is tried again when the connection is back.
    if (answer.problem && answer.status) toast(answer.problem, "bad", "warn");
  }

  const saveAll = async () => {
    for (const name of [...unsaved.keys()]) await save(name);
  };

  /** Confirming, handing over and the like: after everything that was typed is saved. */
  async function change(form, submitter) {
    const body = bodyOf(form, submitter);
    await saveAll();
    if (unsaved.size && form.matches("[data-confirm], [data-lease]")) return;
    if (form.matches("[data-confirm]")) {
      if (isWaiting(root.querySelector('[name="who"]'))) return;
      root.dataset.confirming = "yes";
    }
    const answer = await ask(form, body);
    if (answer.go) return leaveTo(answer.go);
    if (!answer.problem) return form.matches("[data-set]") && (answer.added ? toField() : closeSet());
    // If there was no answer at all, the group may be there nevertheless; the live frame will say so.
    if (answer.status) delete root.dataset.confirming;
    toast(answer.problem, "bad", "warn");
  }

  /** The field is free for the next name at once; what could not be added comes back into it. */
  async function add(form) {
    const body = bodyOf(form);
    const typed = body.get("who");
    form.reset();
    form.elements.person.value = "";
    complain("");
    const answer = await inLine(() => ask(form, body));
    if (answer.ok) return;
    if (answer.already) return pointAt(answer.already, answer.problem);
    const field = root.querySelector('[name="who"]');
    if (!field) return keep(typed);
    const isFree = !field.value;
    if (isFree) field.value = typed;
    complain(isFree ? answer.problem : `${typed}: ${answer.problem}`);
  }

  /** A department or a list, to be looked at before its people are added. */
  async function openSet(url) {
    const answer = await fetch(url, { headers: { "X-Part": "panel" } }).catch(() => null);
    if (!answer?.ok) {
      const told = await answer?.json().catch(() => null);
      return toast(told?.problem ?? document.body.dataset.failed, "bad", "warn");
    }
    const place = root.querySelector("[data-set-place]");
    place.innerHTML = await answer.text();
    place.querySelector("h3").focus();
  }

  function closeSet() {
    root.querySelector("[data-set-place]").replaceChildren();
    toField();
  }

  function toField() {
    root.querySelector('[name="who"]')?.focus();
  }

  function pointAt(person, problem) {
    const row = root.querySelector(`[data-part="members"] [data-person="${CSS.escape(person)}"]`);
    row?.classList.add("pointed-at");
    row?.scrollIntoView({ block: "nearest" });
    complain(problem);
    setTimeout(() => row?.classList.remove("pointed-at"), POINTED);
  }

  /** Somebody was typed, but not added yet. */
  function isWaiting(field) {
    if (!field?.value.trim()) return false;
    complain(root.dataset.addFirst);
    field.focus();
    return true;
  }

  function complain(problem) {
    const place = root.querySelector("[data-add-problem]");
    if (!place) return;
    place.textContent = problem;
    if (problem) place.scrollIntoView({ block: "nearest" });
  }

  /** The lease went away while something was typed and not saved. */
  function keepTyped(who) {
    for (const value of unsaved.values()) keep(value);
    unsaved.clear();
    if (who?.trim()) keep(who);
  }

  function keep(value) {
    const box = made("div", "notice bad");
    const words = made("div", "grow");
    words.append(made("b", "", root.dataset.lost), made("p", "", root.dataset.lostText), made("div", "kept-text", value));
    const button = made("button", "button slim", root.dataset.copyText);
    button.type = "button";
    button.addEventListener("click", () => copy(value));
    words.append(button);
    box.append(icon("warn"), words);
    root.querySelector("[data-kept]").append(box);
  }

  root.addEventListener("input", (event) => {
    if (event.target.name === "who") complain("");
    const form = event.target.closest("[data-autosave]");
    if (!form) return;
    const name = form.dataset.autosave;
    unsaved.set(name, event.target.value);
    tell("saving");
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(() => inLine(() => save(name)), AUTOSAVE));
  });
  root.addEventListener("moot:set", (event) => {
    event.preventDefault();
    complain("");
    openSet(event.detail);
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-set-open], a[data-set-close]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if ("setClose" in link.dataset) closeSet();
    else openSet(link.href);
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const { target, submitter } = event;
    if (target.matches("[data-add]")) add(target);
    else if (target.matches("[data-autosave]")) inLine(saveAll);
    else inLine(() => change(target, submitter));
  });
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-preview]");
    if (!button) return;
    const form = root.querySelector('[data-autosave="opening"]');
    const show = button.getAttribute("aria-pressed") === "false";
    if (show) {
      const answer = await inLine(() => post(form.action, bodyOf(form)));
      if (answer.ok) unsaved.delete("opening");
      root.querySelector("[data-preview-box]").innerHTML = answer.preview ?? "";
    }
    button.setAttribute("aria-pressed", String(show));
    root.querySelector("[data-preview-box]").hidden = !show;
    form.hidden = show;
  });

  const body = () => new URLSearchParams({ page });
  setInterval(() => {
    if (!isMine()) return;
    inLine(async () => {
      const answer = await post(`/drafts/${draft}/heartbeat`, body());
      if (!answer.ok) show(answer);
    });
  }, HEARTBEAT);
  addEventListener("pagehide", () => {
    if (!isMine()) return;
    const forms = [...unsaved.keys()].map((name) => root.querySelector(`[data-autosave="${name}"]`));
    for (const form of forms) navigator.sendBeacon(form.action, bodyOf(form));
    // Given back at once, it might be gone before the last words arrive; otherwise it ends by itself.
    if (!forms.length) navigator.sendBeacon(`/drafts/${draft}/release`, body());
  });
  addEventListener("pageshow", () => { leaving = false; });

  on("draft_changed", (frame) => { if (frame.draft === draft) show(frame); });
  const watch = () => {
    send({ type: "watch_draft", draft, page });
    if (unsaved.size) inLine(saveAll);
  };
  on("resync", watch);
  onOpen(watch);
}
