// Shows notices while no page is open, and leads to their place. It keeps nothing: every page comes from the server.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("push", (event) => event.waitUntil(show(contents(event.data))));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data?.url ?? "/"));
});
// The push service has given this browser another address: the server gets it.
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

function contents(data) {
  try {
    return data.json();
  } catch {
    return { title: "mailmoot", body: "", url: "/" };
  }
}

async function show({ title, body, url, tag, seq }) {
  const path = new URL(url, location.origin).pathname;
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  // Come into sight meanwhile: the page itself shows the message.
  if (windows.some((window) => window.focused && new URL(window.url).pathname === path)) return;
  const [shown] = await registration.getNotifications({ tag });
  // Push services may turn the order round; the newer one stays.
  if (shown?.data?.seq > seq) return;
  const icon = "/assets/sw/icons/mark-192.png";
  await registration.showNotification(title, { body, tag, renotify: Boolean(tag), icon, data: { url, seq } });
  await navigator.setAppBadge?.().catch(() => {});
}

/** To the open page of the group, which goes to the message without being loaded anew, or to a new one. */
async function lead(url) {
  const target = new URL(url, location.origin);
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((window) => new URL(window.url).pathname === target.pathname);
  if (open) {
    open.postMessage({ go: target.href });
    return open.focus();
  }
  return clients.openWindow(target.href);
}

async function renew({ oldSubscription, newSubscription }) {
  const options = oldSubscription?.options;
  const fresh = newSubscription ?? (options && (await registration.pushManager.subscribe(options)));
  if (!fresh) return;
  const { endpoint, keys } = fresh.toJSON();
  await fetch("/push/subscriptions", { method: "POST", body: new URLSearchParams({ endpoint, ...keys }) });
}
