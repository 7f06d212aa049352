// The emojis to react with: a few at once, and all others by their names, which are fetched when they are first wanted.
import { element } from "./html.js";
import { place } from "./menu.js";
import { react } from "./react.js";

let list = null;

export function act(_, message, { talk }) {
  const picker = talk.querySelector(".emoji-picker");
  if (picker.matches(":popover-open")) return;
  const end = new AbortController();
  const on = (node, type, act) => node.addEventListener(type, act, { signal: end.signal });
  on(picker, "toggle", ({ newState }) => {
    if (newState === "open") return;
    end.abort();
    message.focus({ preventScroll: true });
  });
  on(document, "pointerdown", ({ target }) => { if (!picker.contains(target)) picker.hidePopover(); });
  on(picker, "click", ({ target }) => {
    const chosen = target.closest("[data-emoji]");
    if (chosen) choose(chosen);
  });
  on(picker, "input", ({ target }) => search(picker, target.value));
  on(picker, "keydown", (event) => {
    if (event.key === "Escape") picker.hidePopover();
    else if (event.key === "Enter" && event.target.type === "search" && !event.isComposing) {
      const first = shown(picker)[0];
      if (first) choose(first);
    } else if (!step(picker, event)) return;
    event.preventDefault();
  });
  function choose({ dataset: { emoji } }) {
    picker.hidePopover();
    react(message, talk, emoji, true);
  }
  picker.showPopover();
  place(picker, message.querySelector(".message-tools") ?? message.querySelector(".by"));
  fill(picker);
}

/** All of them, below the few; a picker without them is of use, too. */
async function fill(picker) {
  picker.querySelector("[data-emoji]").focus({ preventScroll: true });
  if (list) return search(picker, "");
  const answer = await fetch("/emojis").catch(() => null);
  if (!answer?.ok || list) return;
  list = element(`<div class="all">${await answer.text()}</div>`);
  picker.append(list);
}

function search(picker, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const field = picker.querySelector("input");
  if (field && !words) field.value = "";
  for (const section of picker.querySelectorAll("section")) {
    for (const button of section.querySelectorAll("button")) {
      const text = `${button.title} ${button.dataset.words} ${button.dataset.emoji}`.toLowerCase();
      button.hidden = !wanted.every((word) => text.includes(word));
    }
    section.hidden = !section.querySelector("button:not([hidden])");
  }
  const none = picker.querySelector("[data-none]");
  if (none) none.hidden = Boolean(picker.querySelector("section:not([hidden])"));
}

const shown = (picker) => [...picker.querySelectorAll("section:not([hidden]) button:not([hidden])")];

/** Arrow keys go through the few and through the others as they stand in rows. */
function step(picker, { key, target }) {
  const isFew = target.closest(".quick");
  const all = isFew ? [...picker.querySelectorAll(".quick button")] : shown(picker);
  const at = all.indexOf(target);
  if (at < 0) {
    if (key !== "ArrowDown" || !all.length) return false;
    all[0].focus();
    return true;
  }
  const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const to = by ? all[at + by] : { ArrowUp: above, ArrowDown: below }[key]?.(all, at);
  if (key.startsWith("Arrow")) (to ?? (key === "ArrowUp" || key === "ArrowDown" ? picker.querySelector("input") : target))?.focus();
  return key.startsWith("Arrow");
}

const middle = (button) => button.getBoundingClientRect().x;
const nearest = (row, to) => row.sort((a, b) => Math.abs(middle(a) - middle(to)) - Math.abs(middle(b) - middle(to)))[0];

function below(all, at) {
  const { top } = all[at].getBoundingClientRect();
  const next = all.slice(at).find((button) => button.getBoundingClientRect().top > top + 4);
  const line = next?.getBoundingClientRect().top;
  return next && nearest(all.filter((button) => Math.abs(button.getBoundingClientRect().top - line) < 4), all[at]);
}

function above(all, at) {
  const { top } = all[at].getBoundingClientRect();
  const next = all.slice(0, at).findLast((button) => button.getBoundingClientRect().top < top - 4);
  const line = next?.getBoundingClientRect().top;
  return next && nearest(all.filter((button) => Math.abs(button.getBoundingClientRect().top - line) < 4), all[at]);
}
