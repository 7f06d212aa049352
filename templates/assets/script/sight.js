// Whether the group is in sight: its page visible and in focus. Whoever sees it needs no notice, and those that were
// shown have done their work.
import { onOpen, send } from "./live.js";

export function attach(talk) {
  const group = talk.dataset.talk;
  let said = null;

  function tell(again = false) {
    const seen = document.visibilityState === "visible" && document.hasFocus();
    if (seen === said && !again) return;
    said = seen;
    send({ type: "sight", group, seen });
    if (seen) clear(group);
  }

  for (const event of ["focus", "blur"]) addEventListener(event, () => tell());
  document.addEventListener("visibilitychange", () => tell());
  onOpen(() => tell(true));
}

async function clear(group) {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => null);
  for (const notice of (await registration?.getNotifications({ tag: group })) ?? []) notice.close();
}
