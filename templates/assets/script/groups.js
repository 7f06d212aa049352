// The list of groups: a new group and new counts appear by themselves, the newest on top.
import { on } from "./live.js";
import { putRow } from "./rows.js";

export function attach(list) {
  const selector = (group) => `[data-group="${CSS.escape(group)}"]`;
  const place = ({ group, html }) => {
    document.querySelector("[data-groups-empty]").hidden = true;
    return putRow(list, selector(group), html);
  };
  on("group_added", (frame) => {
    const { row, isNew } = place(frame);
    if (isNew) row.classList.add("new");
  });
  on("row", place);
  on("unread", ({ group, unread }) => {
    const row = list.querySelector(selector(group));
    if (!row || unread > 0) return;
    row.classList.remove("unread");
    row.querySelector(".count")?.remove();
  });
}
