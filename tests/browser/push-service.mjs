// A push service on this machine, and what a browser's push manager would do with it. Chromium without Google's services
// has none: the page's `subscribe` is answered here, with keys of our own, and what arrives is opened here (RFC 8291).
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

import { until } from "./people.mjs";

/** Takes everything it is brought. */
export async function startPushService() {
  const taken = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    taken.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(201).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    taken,
    /** What came as the `count`th, opened. */
    async notice(receiver, count) {
      await until(`${count} notices`, () => taken.length >= count);
      return receiver.open(taken[count - 1].body);
    },
    stop: () => server.close(),
  };
}

/** The keys of one browser, and its push manager's part in its pages. */
export function receiverAt(service) {
  const keys = createECDH("prime256v1");
  const [publicKey, auth] = [keys.generateKeys(), randomBytes(16)];
  return {
    /** Pages of this context switch notices on here. */
    async takeOver(context) {
      await context.addInitScript(pushManager, {
        endpoint: `${service.origin}/push/browser`,
        keys: { p256dh: publicKey.toString("base64url"), auth: auth.toString("base64url") },
      });
    },
    open(body) {
      const [salt, sender] = [body.subarray(0, 16), body.subarray(21, 21 + body[20])];
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), publicKey, sender]);
      const secret = hkdfSync("sha256", keys.computeSecret(sender), auth, info, 32);
      const draw = (name, length) => Buffer.from(hkdfSync("sha256", secret, salt, `Content-Encoding: ${name}\0`, length));
      const cipher = createDecipheriv("aes-128-gcm", draw("aes128gcm", 16), draw("nonce", 12));
      cipher.setAuthTag(body.subarray(-16));
      const text = Buffer.concat([cipher.update(body.subarray(21 + body[20], -16)), cipher.final()]);
      return JSON.parse(text.subarray(0, text.lastIndexOf(2)));
    },
  };
}

/** Runs in the page, before its scripts. */
function pushManager({ endpoint, keys }) {
  const NAME = "test-subscription";
  const make = (key) => ({
    endpoint,
    options: { applicationServerKey: Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)).buffer },
    toJSON: () => ({ endpoint, keys }),
    async unsubscribe() {
      localStorage.removeItem(NAME);
      return true;
    },
  });
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem(NAME, applicationServerKey);
    return make(applicationServerKey);
  };
  PushManager.prototype.getSubscription = async () => {
    const key = localStorage.getItem(NAME);
    return key && make(key);
  };
}

/** Delivers to the service worker what a push service would have brought: the browser's own half. */
export async function deliver(page, text) {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise((resolve) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      if (registrations.length) resolve(registrations[0]);
    });
  });
  await session.send("ServiceWorker.enable");
  const { registrationId } = await registered;
  await session.send("ServiceWorker.deliverPushMessage", { origin: new URL(page.url()).origin, registrationId, data: text });
  await session.detach();
}

/**
 * Delivers them until all are on the screen. Chromium loses a notice now and then when it is asked what is shown just
 * while it shows one; a push service may bring one twice, too.
 */
export async function show(page, ...notices) {
  const missing = async () => {
    const there = await shown(page);
    return notices.filter(({ tag, body }) => !there.some((one) => one.tag === tag && one.body === body));
  };
  await until(`shown: ${notices.map(({ body }) => body).join(", ")}`, async () => {
    for (const notice of await missing()) await deliver(page, JSON.stringify(notice));
    for (let asked = 0; asked < 20; asked += 1) {
      if ((await missing()).length === 0) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  });
}

/** The notices that are on the screen now. */
export function shown(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const notices = (await registration?.getNotifications()) ?? [];
    return notices.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
  });
}
