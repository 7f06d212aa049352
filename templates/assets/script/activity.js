// Whether somebody is there: the page is in sight, and was touched lately. Asks nobody; tells whoever wants to know.
const IDLE = Number(document.querySelector("[data-idle]")?.dataset.idle ?? 600) * 1000;
/** A look into another window is no leaving. */
const HIDDEN = 60_000;
const listeners = [];
let touched = Date.now();
let hidden = document.hidden ? Date.now() : Infinity;
let active = true;
let timer = 0;

/** Whether somebody looks at this page. */
export function isActive() {
  return active;
}

/** Calls when that changes. */
export function onActivity(listener) {
  listeners.push(listener);
}

/** Looks now, and again when it can change by itself. */
function look() {
  const ends = Math.min(touched + IDLE, hidden + HIDDEN);
  clearTimeout(timer);
  if (Date.now() < ends) timer = setTimeout(look, ends - Date.now());
  if (active === Date.now() < ends) return;
  active = !active;
  for (const listener of listeners) listener(active);
}

function touch() {
  touched = Date.now();
  // While somebody is there, the timer finds out by itself that it came too early.
  if (!active) look();
}

for (const type of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll", "focus"]) {
  addEventListener(type, touch, { capture: true, passive: true });
}
document.addEventListener("visibilitychange", () => {
  hidden = document.hidden ? Date.now() : Infinity;
  if (!document.hidden) touched = Date.now();
  look();
});
look();
