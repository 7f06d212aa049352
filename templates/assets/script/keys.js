// Keys that work on the whole page: ? shows them all. Those without Ctrl or Alt can be switched off on the page of keys,
// for whoever speaks to the computer or slips (WCAG 2.2, 2.1.4); in fields they are letters.
const SWITCH = "single-keys";

export function attach() {
  // Before all others: switched off, a single key means nothing outside of what has the focus.
  addEventListener("keydown", (event) => {
    if (isSingle(event) && localStorage.getItem(SWITCH) === "off" && !event.target.closest("[data-log]")) event.stopImmediatePropagation();
  }, { capture: true });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const act = actOf(event);
    if (!act || document.querySelector("dialog[open]")) return;
    if (act() !== false) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a[data-keys]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ACTS["?"]();
  });
}

function isSingle({ key, ctrlKey, metaKey, altKey, target }) {
  return key.length === 1 && !ctrlKey && !metaKey && !altKey && !target.closest?.("input, textarea, select, [contenteditable]");
}

function actOf(event) {
  const { key, altKey, ctrlKey, metaKey, target } = event;
  const by = { ArrowUp: -1, ArrowDown: 1 }[key];
  // In a text these keys move the caret on some systems.
  if (by && altKey && !ctrlKey && !metaKey && !target.value) return () => go(by);
  return isSingle(event) ? ACTS[key] : null;
}

const ACTS = {
  "?": () => { import("./keys-dialog.js").then(({ show }) => show()); },
  c: () => focus("[data-composer] [data-text]"),
  m: () => focus('[data-log] .message[tabindex="0"], [data-log] .message:last-of-type'),
  u: () => press("[data-to-unread]:not([hidden])"),
  n: () => press("[data-to-newest]"),
};

function focus(selector) {
  const found = document.querySelector(selector);
  if (!found) return false;
  if (!found.matches("textarea, [tabindex]")) found.tabIndex = -1;
  found.focus();
  return true;
}

function press(selector) {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
}

/** The group above or below this one in the list. */
function go(by) {
  const rows = [...document.querySelectorAll("[data-groups] > a")];
  const here = rows.findIndex((row) => row.getAttribute("aria-current") === "page");
  const next = here < 0 ? rows.at(by < 0 ? -1 : 0) : rows[here + by];
  next?.click();
  return Boolean(next);
}
