// Marking: the form comes from its page into a dialog. What was selected of a message is the passage to be marked; it can
// also be selected in the form, by keyboard and by finger.
import { showChange } from "./changes.js";
import { added, element, post } from "./html.js";
import { chosenIn, style } from "./marks.js";
import { toast } from "./toast.js";

/** By the menu of a message. */
export function act(_, message, { talk }) {
  const chosen = chosenIn(message);
  const asked = new URLSearchParams({ seq: message.dataset.seq });
  if (chosen) for (const [name, value] of Object.entries({ piece: "passage", ...chosen })) asked.set(name, value);
  return open(talk, asked, () => document.getElementById(message.id)?.focus({ preventScroll: true }));
}

/** Several messages by their numbers. `done` is told when they are marked. */
export function markAll(talk, seqs, done) {
  return open(talk, new URLSearchParams(seqs.map((seq) => ["seq", seq])), () => {}, done);
}

async function open(talk, asked, closed, done = () => {}) {
  style();
  const url = `/groups/${talk.dataset.talk}/marks/new?${asked}`;
  const answer = await fetch(url, { headers: { "X-Part": "dialog" } }).catch(() => null);
  if (answer?.status === 401) return document.dispatchEvent(new CustomEvent("moot:signed-out"));
  if (!answer?.ok) {
    const told = await answer?.json().catch(() => null);
    return toast(told?.problem ?? document.body.dataset.failed, "bad", "warn");
  }
  const dialog = element('<dialog class="mark-dialog" aria-labelledby="mark-title"></dialog>');
  dialog.innerHTML = await answer.text();
  document.body.append(dialog);
  const form = dialog.querySelector("form");
  form.querySelector("[data-close]").hidden = false;
  choosePassage(form);
  dialog.addEventListener("click", ({ target }) => {
    if (target.closest("[data-close], a")) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post(form.action, new URLSearchParams(new FormData(form)));
    if (!answer.ok) {
      form.querySelector("[data-problem]").textContent = answer.problem;
      return;
    }
    const log = talk.querySelector("[data-log]");
    for (const change of answer.changed) showChange(log, change);
    dialog.close();
    done();
  });
  await Promise.all([...dialog.querySelectorAll("link")].map(styled));
  dialog.showModal();
  added(dialog);
  form.querySelector("[name=tag]:checked, [name=tag]")?.focus();
}

/** Until a style sheet has come, or will not. */
function styled(link) {
  return link.sheet || new Promise((done) => { link.onload = link.onerror = done; });
}

/** What is selected in the text is the passage. The text has a caret, for the keyboard, but can't be changed. */
function choosePassage(form) {
  const source = form.querySelector("[data-passage-source]");
  if (!source) return;
  const { quote, start } = form.elements;
  const take = () => {
    const [from, to] = [source.selectionStart, source.selectionEnd];
    if (from === to) return;
    quote.value = source.value.slice(from, to);
    start.value = [...source.value.slice(0, from)].length;
  };
  source.readOnly = false;
  source.inputMode = "none";
  source.addEventListener("beforeinput", (event) => event.preventDefault());
  source.addEventListener("select", take);
  quote.addEventListener("input", () => { start.value = ""; });
}
