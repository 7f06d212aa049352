// The list of one's own drafts: new ones, new topics, and those that became a group or were discarded.
import { on } from "./live.js";
import { putRow } from "./rows.js";

export function attach(section) {
  const list = section.querySelector("[data-rows]");
  const selector = (draft) => `[data-draft-row="${CSS.escape(draft)}"]`;
  on("draft_row", ({ draft, html }) => {
    putRow(list, html, list.querySelector(selector(draft)));
    section.hidden = false;
  });
  on("draft_gone", ({ draft }) => {
    list.querySelector(selector(draft))?.remove();
    section.hidden = list.children.length === 0;
  });
}
