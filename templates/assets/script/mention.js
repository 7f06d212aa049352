// Mentioning members while writing: after @ a list of those whose name fits opens above the text. The arrow keys go
// through it; Enter or Tab chooses. What is written is the name; whom it means goes along, since two may have one name.
import { made, newId } from "./html.js";

/** From the sign to the caret. In an address the sign mentions nobody. */
const CALL = /(?<![\w.%+\-/@])[@＠](?<query>[^\n@＠]{0,40})$/;
/** Nobody has a longer name in words. */
const WORDS = 4;

/** `take` gives whom the text means, in the order they were chosen, and forgets them. */
export function completeMentions(text) {
  const list = made("div", "options mentionable");
  list.id = `mentionable-${newId()}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", text.dataset.whom);
  text.parentElement.before(list);
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-haspopup", "listbox");

  let chosen = [];
  let active = null;
  /** The call whose list is shown or on its way. */
  let call = null;
  /** One that nobody answers to, or that is answered. */
  let vain = null;
  let timer = 0;

  const options = () => [...list.children];
  const mark = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option ?? null;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) text.setAttribute("aria-activedescendant", active.id);
    else text.removeAttribute("aria-activedescendant");
  };
  const show = (html) => {
    list.innerHTML = html;
    if (list.children.length) text.setAttribute("aria-controls", list.id);
    else text.removeAttribute("aria-controls");
    mark(list.firstElementChild);
  };
  const close = () => {
    call = null;
    clearTimeout(timer);
    show("");
  };

  /** What is being called where the caret is. */
  function called() {
    const { selectionStart: end, selectionEnd } = text;
    const match = end === selectionEnd && CALL.exec(text.value.slice(0, end));
    if (!match) {
      vain = null;
      return null;
    }
    const { query } = match.groups;
    const isVain = vain?.at === match.index && query.startsWith(vain.query);
    return isVain || query.startsWith(" ") || query.split(" ").length > WORDS ? null : { at: match.index, query, end };
  }

  async function ask() {
    const mine = call;
    const answer = await fetch(`${text.dataset.mentionable}?q=${encodeURIComponent(mine.query.trim())}`).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (mine !== call || document.activeElement !== text) return;
    if (answer?.ok && !html.trim()) vain = mine;
    show(html.trim());
  }

  function look() {
    const now = called();
    if (!now) return close();
    if (now.at === call?.at && now.query === call.query) return;
    call = now;
    clearTimeout(timer);
    timer = setTimeout(ask, 80);
  }

  function choose({ dataset: { person, name } }) {
    const { at, end } = call;
    vain = { at, query: name };
    chosen.push({ person, name });
    close();
    text.focus();
    text.setSelectionRange(at, end);
    // The only way that the browser's own undo knows of.
    if (!document.execCommand("insertText", false, `@${name} `)) text.setRangeText(`@${name} `, at, end, "end");
  }

  const step = (by) => mark(options().at((options().indexOf(active) + by) % options().length));
  const keys = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: () => choose(active), Tab: () => choose(active),
    Escape: () => { vain = call; close(); } };
  // Before what else these keys do in the text.
  text.addEventListener("keydown", (event) => {
    // While an input method is composing, these keys are its own.
    const isComposing = event.isComposing || event.keyCode === 229;
    const isOther = event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;
    if (!active || isComposing || isOther || !keys[event.key]) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keys[event.key]();
  }, { capture: true });
  text.addEventListener("input", (event) => { if (!event.isComposing) look(); });
  text.addEventListener("compositionend", look);
  text.addEventListener("click", look);
  text.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== text) close(); }, 100));
  list.addEventListener("mousedown", (event) => {
    // Before the text loses the focus.
    event.preventDefault();
    const option = event.target.closest('[role="option"]');
    if (option) choose(option);
  });

  if (document.activeElement === text) look();

  return {
    take() {
      const meant = chosen.filter(({ name }) => text.value.includes(name)).map(({ person }) => person);
      chosen = [];
      vain = null;
      return meant;
    },
  };
}
