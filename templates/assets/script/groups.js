// The list of groups: a new group and new counts appear by themselves, the newest on top.
import { on } from "./live.js";
import { added, element } from "./html.js";

export function attach(list) {
  const place = ({ group, html }, isNew) => {
    const row = element(html);
    const old = list.querySelector(`[data-group="${CSS.escape(group)}"]`);
    const focused = old === document.activeElement;
    if (location.pathname === row.getAttribute("href")) row.setAttribute("aria-current", "page");
    if (isNew && !old) row.classList.add("new");
    old?.remove();
    const after = [...list.children].find((other) => Number(other.dataset.at) <= Number(row.dataset.at));
    list.insertBefore(row, after ?? null);
    document.querySelector("[data-groups-empty]").hidden = true;
    if (focused) row.focus();
    added(list);
  };
  on("group_added", (frame) => place(frame, true));
  on("row", (frame) => place(frame, false));
  on("unread", ({ group, unread }) => {
    const row = list.querySelector(`[data-group="${CSS.escape(group)}"]`);
    if (!row || unread > 0) return;
    row.classList.remove("unread");
    row.querySelector(".count")?.remove();
  });
}
