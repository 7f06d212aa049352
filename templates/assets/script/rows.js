// A list of links with the newest on top, whose lines the server sends as they change.
import { added, element } from "./html.js";

/** Puts a line where its time belongs, instead of the one it replaces. Gives the line, and whether it is new. */
export function putRow(list, html, old) {
  const row = element(html);
  const focused = old !== null && old === document.activeElement;
  if (location.pathname === row.getAttribute("href")) row.setAttribute("aria-current", "page");
  old?.remove();
  const after = [...list.children].find((other) => Number(other.dataset.at) <= Number(row.dataset.at));
  list.insertBefore(row, after ?? null);
  if (focused) row.focus();
  added(list);
  return { row, isNew: !old };
}
