// The signs of Markdown by buttons and keys, and how the message will look. What is put in can be undone like typing.
import { added, post } from "./html.js";

/** What stands around the chosen words, or before each of their lines. */
const SIGNS = {
  bold: { around: ["**", "**"], key: "b" },
  italic: { around: ["*", "*"], key: "i" },
  struck: { around: ["~~", "~~"], key: "x", shift: true },
  code: { around: ["`", "`"], key: "e" },
  link: { around: ["[", "](https://)"], key: "k" },
  block: { around: ["```\n", "\n```"], key: "e", shift: true },
  quote: { before: () => "> ", code: "Digit9" },
  list: { before: () => "- ", code: "Digit8" },
  numbers: { before: (n) => `${n + 1}. `, code: "Digit7" },
};

/** Takes hold of the buttons and of the keys in the text. */
export function attach(bar) {
  const form = bar.closest("form");
  const text = form.querySelector("[data-text]");
  const preview = form.querySelector("[data-preview]");
  const [opener, shower] = [form.querySelector("[data-toolbar-opener]"), bar.querySelector("[data-preview-opener]")];
  let timer = 0;
  let turn = 0;

  /** Puts words in the place of a part of the text. */
  function put(from, to, words, chosen) {
    text.focus();
    text.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, words)) text.setRangeText(words, from, to, "end");
    text.setSelectionRange(from + chosen[0], from + chosen[1]);
  }

  function surround([open, close]) {
    const { selectionStart: from, selectionEnd: to, value } = text;
    const words = value.slice(from, to);
    const isSurrounded = value.slice(0, from).endsWith(open) && value.slice(to).startsWith(close);
    if (isSurrounded) return put(from - open.length, to + close.length, words, [0, words.length]);
    // In a link its words are there already; what is missing is where it leads.
    const end = open.length + words.length;
    const chosen = open === "[" && words ? [end + 2, end + close.length - 1] : [open.length, end];
    put(from, to, open + words + close, chosen);
  }

  function fence([open, close]) {
    const { selectionStart: from, selectionEnd: to, value } = text;
    const words = value.slice(from, to);
    const before = from === 0 || value[from - 1] === "\n" ? open : `\n${open}`;
    const after = to === value.length || value[to] === "\n" ? close : `${close}\n`;
    put(from, to, before + words + after, [before.length, before.length + words.length]);
  }

  function indent(before) {
    const { selectionStart, selectionEnd: to, value } = text;
    const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const lines = value.slice(from, to).split("\n");
    const isDone = lines.every((line, n) => line.startsWith(before(n)));
    const words = lines.map((line, n) => (isDone ? line.slice(before(n).length) : before(n) + line)).join("\n");
    put(from, to, words, [words.length, words.length]);
  }

  function write(name) {
    const { around, before } = SIGNS[name];
    if (before) indent(before);
    else if (name === "block") fence(around);
    else surround(around);
  }

  async function draw() {
    const mine = ++turn;
    const answer = await post(preview.dataset.preview, new URLSearchParams({ markdown: text.value }));
    if (mine !== turn || preview.hidden) return;
    preview.innerHTML = answer.ok ? answer.html : "";
    if (!answer.ok) preview.textContent = answer.problem;
    else if (!answer.html.trim()) preview.textContent = preview.dataset.empty;
    added(preview);
  }

  function showPreview(isShown) {
    preview.hidden = !isShown;
    shower.setAttribute("aria-pressed", isShown);
    if (isShown) draw();
  }

  function open(isOpen) {
    bar.hidden = !isOpen;
    opener.setAttribute("aria-expanded", isOpen);
    localStorage.setItem("toolbar", isOpen ? "open" : "");
    if (!isOpen) showPreview(false);
  }

  opener.addEventListener("click", () => {
    open(bar.hidden);
    text.focus();
  });
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-sign]");
    if (button) write(button.dataset.sign);
  });
  shower.addEventListener("click", () => showPreview(preview.hidden));
  text.addEventListener("input", () => {
    if (preview.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(draw, 300);
  });
  // A message on its way is not previewed any more.
  form.addEventListener("submit", () => setTimeout(() => { if (!text.value) showPreview(false); }));
  text.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
    const pressed = event.key.toLowerCase();
    const isMeant = ({ key, code, shift = Boolean(code) }) => shift === event.shiftKey && (code ? code === event.code : key === pressed);
    const name = Object.keys(SIGNS).find((sign) => isMeant(SIGNS[sign]));
    const isPreview = event.shiftKey && pressed === "p";
    if (!name && !isPreview) return;
    event.preventDefault();
    if (name) return write(name);
    if (bar.hidden) open(true);
    showPreview(preview.hidden);
  });
  if (localStorage.getItem("toolbar")) open(true);
}
