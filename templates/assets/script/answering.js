// Answering a message: the composer shows its line until the answer is sent, or until it is not meant to be one any more.
import { element, icon, made } from "./html.js";

/** How much of a message its line shows, in characters. */
const LINE = 140;

/** `changed` is called when somebody has chosen what they answer. */
export function answering(form, talk, changed) {
  const box = form.querySelector("[data-answering]");
  const text = form.querySelector("[data-text]");
  const remembered = `answering:${document.body.dataset.me}:${form.action}`;
  /** What a line says that the server has drawn. */
  const read = (id, line) => ({
    id, seq: line.dataset.answered, group: talk.dataset.talk,
    author: line.querySelector(".author").textContent,
    words: line.querySelector(".cut").textContent.trim(),
  });
  const { value } = form.elements.answers;
  /** What the text answers that the server keeps. */
  const kept = value ? read(value, box.querySelector(".answered")) : null;
  let current = JSON.parse(sessionStorage.getItem(remembered) ?? "null") ?? kept;

  const set = (message) => {
    current = message;
    if (message) sessionStorage.setItem(remembered, JSON.stringify(message));
    else sessionStorage.removeItem(remembered);
    form.elements.answers.value = message?.id ?? "";
    box.querySelector(".answered")?.remove();
    if (message) box.querySelector("[data-line]").append(lineOf(message));
    box.hidden = !message;
  };
  const choose = (message) => {
    set(message);
    text.focus();
    changed();
  };
  const cancel = () => choose(null);
  talk.addEventListener("moot:do", ({ detail: { what, message } }) => {
    if (what !== "answer") return;
    choose(described(message, talk));
  });
  box.querySelector("[data-answer-not]").addEventListener("click", cancel);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !current || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    cancel();
  });
  if (current) set(current);

  return {
    kept,
    current: () => current,
    put: set,
    /** From what the server tells of a kept text. */
    told: (answers) => answers && read(answers.id, element(answers.html)),
    /** The server has it: this tab need not know it any more. */
    forget: () => sessionStorage.removeItem(remembered),
    /** The message that is answered, or `null`; the next one answers none. */
    take() {
      const taken = current;
      set(null);
      return taken;
    },
  };
}

/** The line above an answer. It leads to what is answered, and changes with it. */
export function lineOf({ seq, group, author, words }) {
  const line = made("a", "answered");
  line.href = `/groups/${group}?at=${seq}#m-${seq}`;
  line.dataset.answered = seq;
  const begin = made("span", "cut");
  begin.append(made("bdi", "", words));
  line.append(icon("reply"), made("bdi", "author", author), begin);
  return line;
}

function described(message, talk) {
  const { id, seq } = message.dataset;
  const words = message.querySelector(".prose").innerText || message.querySelector(".files b, .files img")?.innerText || "";
  return {
    id, seq, group: talk.dataset.talk,
    author: message.querySelector(".said > .by .author").textContent,
    words: words.replace(/\s+/g, " ").trim().slice(0, LINE),
  };
}
