// A menu of the ARIA practices: it opens beside an element or where somebody pressed, the arrow keys go through its
// entries, and it closes by Escape, by a click beside it and with the choice.

/** How far from the edges of the window it stays, in pixels. */
const EDGE = 8;

export function openMenu(menu, near, choose, closed) {
  if (menu.matches(":popover-open")) return;
  const items = [...menu.querySelectorAll('[role="menuitem"]')].filter((item) => !item.hidden);
  const end = new AbortController();
  const on = (type, act) => menu.addEventListener(type, act, { signal: end.signal });
  // Not at "toggle", which comes a while after: a key pressed meanwhile would go to nobody.
  const close = (chosen) => {
    end.abort();
    menu.hidePopover();
    closed();
    if (chosen) choose(chosen);
  };

  on("click", (event) => {
    const chosen = event.target.closest('[role="menuitem"]');
    if (chosen) close(chosen);
  });
  on("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Tab" || event.key === "Escape") close();
    else if (to !== undefined) items[(to + items.length) % items.length].focus();
    else return;
    event.preventDefault();
  });
  // Not by the browser's own way, which takes the end of a long press for a press beside the menu.
  document.addEventListener("pointerdown", ({ target }) => {
    if (!menu.contains(target)) close();
  }, { signal: end.signal });

  menu.showPopover();
  place(menu, near);
  items[0]?.focus({ preventScroll: true });
}

/** Beside an element or a point, within the window; by the style sheet alone where the window is narrow. */
export function place(menu, near) {
  const { left, right, top, bottom } = near.getBoundingClientRect?.()
    ?? { left: near.clientX, right: near.clientX, top: near.clientY, bottom: near.clientY };
  const { width, height } = menu.getBoundingClientRect();
  const isButton = near.matches?.("button");
  const x = isButton ? right - width : left;
  const y = bottom + height + EDGE > innerHeight ? top - height - 2 : bottom + 2;
  menu.style.setProperty("--x", `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`);
  menu.style.setProperty("--y", `${Math.max(EDGE, Math.min(y, innerHeight - height - EDGE))}px`);
}
