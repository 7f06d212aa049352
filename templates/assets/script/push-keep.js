// Notices go on after signing out and in again: this browser remembers whose notices it takes, and tells the server anew.
// Nobody else who signs in here gets them unasked.
const KEY = "moot-push";
const me = document.body.dataset.me;

const read = () => JSON.parse(localStorage.getItem(KEY) ?? "null");
const write = (kept) => localStorage.setItem(KEY, JSON.stringify(kept));

/** Whoever is signed in has switched notices on, and the server knows. */
export const remember = () => write({ me, told: true });
export const forget = () => localStorage.removeItem(KEY);
export const told = () => Boolean(read()?.told);

async function keep() {
  const kept = read();
  if (!kept) return;
  // Nobody, or somebody else: the server has forgotten this browser.
  if (kept.me !== me) return write({ ...kept, told: false });
  if (kept.told || Notification.permission !== "granted") return;
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return forget();
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch("/push/subscriptions", { method: "POST", body: new URLSearchParams({ endpoint, ...keys }) });
  if (answer.ok) remember();
}

document.addEventListener("moot:signed-out", () => { const kept = read(); if (kept) write({ ...kept, told: false }); });
keep().catch(() => {});
