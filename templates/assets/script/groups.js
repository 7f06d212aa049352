// The list of groups: a new group, new lines and new counts appear by themselves, the newest on top. Lines that come live
// are the same for everybody; how much of them is unread is counted here.
import { on, onOpen, send } from "./live.js";
import { putRow } from "./rows.js";
import { toast } from "./toast.js";

export function attach(list) {
  const rowOf = (group) => list.querySelector(`[data-group="${CSS.escape(group)}"]`);
  const number = (row, name) => Number(row?.dataset[name] ?? 0);

  /** What one did oneself is read, and in a group that the list did not show at least the newest message is unread. */
  function readUpTo(row, old) {
    if (row.dataset.by === document.body.dataset.me) return number(row, "seq");
    if (row.dataset.read) return number(row, "read");
    return old ? number(old, "read") : Math.max(0, number(row, "seq") - 1);
  }

  function count(row, read) {
    row.dataset.read = Math.max(read, number(row, "read"));
    const unread = Math.max(0, number(row, "seq") - number(row, "read"));
    row.classList.toggle("unread", unread > 0);
    const shown = row.querySelector(".count");
    shown.hidden = unread === 0;
    shown.querySelector("[data-count]").textContent = unread > 99 ? "99+" : unread;
  }

  function place({ group, html }) {
    const old = rowOf(group);
    const { row, isNew } = putRow(list, html, old);
    document.querySelector("[data-groups-empty]").hidden = true;
    if (old) mute(row, "muted" in old.dataset);
    count(row, readUpTo(row, old));
    return { row, isNew };
  }

  function mute(row, muted) {
    row.toggleAttribute("data-muted", muted);
    row.querySelector("[data-muted-mark]").hidden = !muted;
  }

  function update(row, { topic, muted }) {
    if (row && topic !== undefined) row.querySelector(".topic").textContent = topic;
    if (row && muted !== undefined) mute(row, muted);
  }

  on("group_added", (frame) => {
    const { row, isNew } = place(frame);
    if (isNew) row.classList.add("new");
  });
  on("row", (frame) => {
    const { row } = place(frame);
    const { mentions, mentionedAt, read, seq } = row.dataset;
    if (!mentions?.split(" ").includes(document.body.dataset.me) || Number(read) >= Number(seq)) return;
    const [author, topic] = [".author", ".topic"].map((part) => row.querySelector(part).textContent);
    toast(`${author} ${list.dataset.mentionedYou} ${topic}`, "", "at", `${row.getAttribute("href")}?at=${mentionedAt}#m-${mentionedAt}`);
  });
  // What changed about a group makes no line of its own.
  on("message", ({ group, row }) => { if (row) place({ group, html: row }); });
  on("groups", ({ groups, whole }) => {
    for (const [group, state] of Object.entries(groups)) update(rowOf(group), state);
    for (const row of whole ? [...list.children] : []) if (!groups[row.dataset.group]) row.remove();
  });
  on("group_gone", ({ group }) => rowOf(group)?.remove());
  on("changed", ({ group, row }) => { if (row) place({ group, html: row }); });
  on("read", ({ read }) => {
    for (const [group, seq] of Object.entries(read)) {
      const row = rowOf(group);
      if (row) count(row, seq);
    }
  });
  // What came while nobody listened: before the socket stood, or while it was lost.
  const newest = () => Math.max(0, ...[...list.children].map((row) => number(row, "at")));
  const ask = () => send({ type: "list", at: newest() });
  onOpen(ask);
  on("resync", ask);
}
