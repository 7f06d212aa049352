// Notices in this browser: whether they can be had here, switching them on after a press, and off. The browser asks its
// owner only then.
import { post } from "./html.js";
import { forget, remember, told } from "./push-keep.js";

export async function attach(part) {
  const key = part.dataset.push;
  const button = part.querySelector("[data-push-on]");
  const problem = part.querySelector("[data-push-problem]");

  const say = (state) => {
    for (const words of part.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
  };
  const fail = (words) => {
    problem.textContent = words;
    problem.hidden = !words;
  };

  button.addEventListener("click", async () => {
    button.disabled = true;
    fail("");
    try {
      if ((await Notification.requestPermission()) === "granted") await switchOn(key);
    } catch (error) {
      fail(error.told ?? `${part.dataset.problem} (${error.message})`);
    }
    button.disabled = false;
    // With the new line in the list of browsers.
    if (told()) location.reload();
    else say(await stateHere(part));
  });
  // The server forgets this browser by the form itself, the browser its address here.
  document.querySelector("[data-push-off]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    forget();
    const subscription = await (await navigator.serviceWorker?.getRegistration())?.pushManager.getSubscription();
    await subscription?.unsubscribe().catch(() => {});
    event.target.submit();
  });
  say(await stateHere(part));
}

/** What is the case in this browser, by the names in data-when. */
async function stateHere(part) {
  if (!isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator)) return "unsupported";
  // On iPhones and iPads only programs on the home screen get notices.
  if (!("PushManager" in window)) return navigator.standalone === false ? "home-screen" : "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  return subscription && Notification.permission === "granted" && "on" in part.dataset ? "on" : "off";
}

async function switchOn(key) {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  // Of another key: nothing that we send would be taken.
  const old = await pushManager.getSubscription();
  if (old && keyOf(old) !== key) await old.unsubscribe();
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const answer = await post("/push/subscriptions", new URLSearchParams({ endpoint, ...keys, zone }));
  if (!answer.ok) throw Object.assign(new Error(answer.problem), { told: answer.problem });
  remember();
}

/** The key a subscription was made for, in base64url. */
function keyOf(subscription) {
  const bytes = new Uint8Array(subscription.options.applicationServerKey ?? []);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
