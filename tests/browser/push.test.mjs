// Notices while no page is open: the whole way from a message to the screen, through a push service on this machine.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, openLink, say, scripted, someone, until } from "./people.mjs";
import { startDemo } from "./program.mjs";
import { deliver, receiverAt, show, shown, startPushService } from "./push-service.mjs";

let demo;
let browser;
let service;
let receiver;
let anna;
let david;
let group;

before(async () => {
  [demo, browser, service] = await Promise.all([startDemo(), openBrowser(), startPushService()]);
  receiver = receiverAt(service);
  anna = await someone(browser);
  await receiver.takeOver(anna.context);
  await anna.context.grantPermissions(["notifications"], { origin: demo.url });
  david = await member(browser, demo, "David Okafor");
  await openLink(anna, demo.linkOf("Anna Berg"), `${demo.url}/`);
  group = await groupOf(david, "Budget");
  await david.page.goto(demo.url + group);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  service?.stop();
  assert.deepEqual([...anna.wrong, ...david.wrong], [], "no script failed");
});

const visible = (page) => page.locator("[data-push] [data-when]:visible");

async function settings(page) {
  await page.goto(`${demo.url}/settings`);
  await scripted(page, "[data-push]");
  await visible(page).first().waitFor();
}

async function switchOn(page) {
  await settings(page);
  await page.locator("[data-push-on]").click();
  await page.locator("#notices .item", { hasText: "This browser" }).waitFor();
  await page.locator("[data-when=on]:visible").waitFor();
}

test("A browser that blocks notices says what to do, and asks for nothing by itself", async () => {
  const { page } = david;
  const other = await member(browser, demo, "Priya Raman");
  await other.page.addInitScript(() => {
    Notification.requestPermission = () => { throw new Error("asked without a press"); };
    Object.defineProperty(Notification, "permission", { get: () => "denied" });
  });
  await settings(other.page);
  assert.match(await visible(other.page).innerText(), /blocks notices of this site/);
  // Without https there are none.
  await other.page.addInitScript(() => Object.defineProperty(window, "isSecureContext", { get: () => false }));
  await settings(other.page);
  assert.match(await visible(other.page).innerText(), /only to pages that come by https/);
  assert.deepEqual(other.wrong, []);
  await other.context.close();
  assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
});

test("A message is on the screen of whoever has switched notices on, and a press leads to it", async () => {
  const { page, context } = anna;
  await switchOn(page);
  await say(david.page, "Can we sign on Monday?");
  const notice = await service.notice(receiver, 1);
  assert.equal(notice.body, "David Okafor: Can we sign on Monday?");
  await page.goto(`${demo.url}/threads`);
  await show(page, notice);
  const [one] = await shown(page);
  assert.match(one.title, /Budget/);
  assert.deepEqual([one.body, one.data.url], [notice.body, notice.url]);
  // A newer one takes its place; one that comes late does not.
  const newer = { ...notice, seq: notice.seq + 1, body: "David Okafor: Newer" };
  await show(page, newer);
  await deliver(page, JSON.stringify(notice));
  await show(page, newer, { ...notice, tag: "other", body: "Another group" });
  assert.deepEqual((await shown(page)).map(({ body }) => body).sort(), ["Another group", "David Okafor: Newer"]);
  // A press: nobody has the group open, so that it is opened; then its page comes to the front.
  const [worker] = context.serviceWorkers();
  const press = (url) => worker.evaluate(async (to) => {
    const led = [];
    clients.openWindow = async (target) => led.push(`opened ${target}`);
    WindowClient.prototype.focus = async function () { led.push(`focused ${this.url}`); };
    await lead(to);
    return led;
  }, url);
  assert.deepEqual(await press(notice.url), [`opened ${demo.url}${notice.url}`]);
  await page.goto(demo.url + group);
  await scripted(page, ".talk[data-talk]");
  const typed = page.locator("[data-composer] [data-text]");
  await typed.fill("Half a sentence");
  assert.deepEqual(await press(notice.url), [`focused ${demo.url}${group}`]);
  await page.waitForURL(demo.url + notice.url);
  await page.locator(".message.marked", { hasText: "Can we sign on Monday?" }).waitFor();
  assert.equal(await typed.inputValue(), "Half a sentence", "the page was not loaded anew");
  await typed.fill("");
  // In sight, its notices are done with; and none come.
  await until("only the other group's notice is left", async () => (await shown(page)).map(({ tag }) => tag).join() === "other");
});

test("Whoever has the group in sight gets no notice; signing out and in again keeps notices, for oneself only", async () => {
  const { page } = anna;
  await page.goto(demo.url + group);
  await scripted(page, ".talk[data-talk]");
  await say(david.page, "In sight");
  await page.locator(".message", { hasText: "In sight" }).waitFor();
  const before = service.taken.length;
  await page.goto(`${demo.url}/settings`);
  await until("she is gone from the group", async () => {
    await say(david.page, "Are you there?");
    return service.taken.length > before;
  });
  for (const taken of service.taken.slice(before)) assert.doesNotMatch(receiver.open(taken.body).body, /In sight/);
  // Signed out: nothing comes to this browser, also when Sofia signs in there.
  await page.locator("details.me > summary").click();
  await page.locator("form[action='/sign-out'] button").click();
  await page.waitForURL("**/sign-in*");
  await openLink(anna, demo.linkOf("Sofia Lindqvist"), `${demo.url}/`);
  await settings(page);
  assert.equal(await page.locator("[data-when=off]").isVisible(), true);
  await say(david.page, "While somebody else sits there");
  // Anna is back, and need not press anything.
  await openLink(anna, demo.linkOf("Anna Berg"), `${demo.url}/`);
  await until("the server knows again", async () => {
    await settings(page);
    return page.locator("[data-when=on]").isVisible();
  });
  await say(david.page, "After signing in");
  const last = await until("the notice", () => service.taken.map(({ body }) => receiver.open(body)).find(({ body }) => body.endsWith("After signing in")));
  assert.ok(last);
  assert.ok(!service.taken.some(({ body }) => receiver.open(body).body.includes("somebody else")));
  // Switched off: the line goes, and so does the browser's own address.
  await page.locator("[data-push-off] button").click();
  await page.locator("[data-when=off]:visible").waitFor();
  assert.equal(await page.locator("#notices .item").count(), 0);
  assert.equal(await page.evaluate(() => localStorage.getItem("test-subscription")), null);
});
