// The list of one's own drafts: new ones, new topics, and those that became a group or were discarded.
import { elements } from "./html.js";
import { on } from "./live.js";
import { putRow } from "./rows.js";

export function attach(section) {
  const list = section.querySelector("[data-rows]");
  const rowOf = (draft) => list.querySelector(`[data-draft-row="${CSS.escape(draft)}"]`);
  const showOrHide = () => { section.hidden = list.children.length === 0; };
  on("draft_row", ({ draft, html }) => {
    putRow(list, html, rowOf(draft));
    showOrHide();
  });
  on("draft_gone", ({ draft }) => {
    rowOf(draft)?.remove();
    showOrHide();
  });
  // What changed while nobody listened; lines that are the same stay where they are, and keep the focus.
  on("draft_list", ({ html }) => {
    const rows = elements(html);
    const known = new Set(rows.map((row) => row.dataset.draftRow));
    for (const row of [...list.children]) if (!known.has(row.dataset.draftRow)) row.remove();
    for (const row of rows) {
      const old = rowOf(row.dataset.draftRow);
      if (old?.dataset.at !== row.dataset.at) putRow(list, row.outerHTML, old);
    }
    showOrHide();
  });
}
