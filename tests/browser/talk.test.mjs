// The discussion page when things go wrong: no network, files that are refused, a sign-out from elsewhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { endsWith, groupOf, member, messages, openLink, scripted, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;
let group;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  anna = await member(browser, demo, "Anna Berg");
  group = demo.url + await groupOf(anna, "Budget");
  await anna.page.goto(group);
  await scripted(anna.page, "[data-composer]");
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual(anna.wrong, [], "no script failed");
});

const field = (page) => page.locator("[data-composer] [data-text]");
const waiting = (page) => page.locator("[data-log] .message.waiting");

async function type(page, words) {
  await field(page).fill(words);
  await field(page).press("Enter");
}

test("What is written without a network goes by itself, once and in order, also after a reload", async () => {
  const { page, context } = anna;
  await context.setOffline(true);
  const words = ["Written in a tunnel 1", "Written in a tunnel 2", "Written in a tunnel 3"];
  for (const one of words) await type(page, one);
  await waiting(page).first().locator(".fate", { hasText: "Not sent yet" }).waitFor();
  assert.equal(await waiting(page).count(), 3);
  await context.setOffline(false);
  await endsWith(page, words);
  assert.equal(await waiting(page).count(), 0);
  // The answer gets lost: the message is there, and must not come again.
  await page.route("**/messages", async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await type(page, "Sent, but without an answer");
  await endsWith(page, [...words, "Sent, but without an answer"]);
  // Not a single one arrives any more, and the page is loaded anew.
  await page.route("**/messages", (route) => route.abort());
  await type(page, "Kept over a reload");
  await waiting(page).locator(".fate").waitFor();
  await page.unroute("**/messages");
  await page.reload();
  await endsWith(page, [...words, "Sent, but without an answer", "Kept over a reload"]);
});

test("A message the server refuses says why, and holds up no other", async () => {
  const { page } = anna;
  await page.route("**/messages", (route) => route.fulfill({
    status: 422, contentType: "application/json", body: JSON.stringify({ problem: "Too odd." }),
  }), { times: 1 });
  await type(page, "Refused at first");
  await waiting(page).locator(".fate", { hasText: "Too odd." }).waitFor();
  await type(page, "Not held up");
  await until("the next one is there", async () => (await messages(page)).at(-1).words === "Not held up");
  await waiting(page).getByRole("button", { name: "Send again" }).click();
  await until("it went", async () => (await messages(page)).at(-1).words === "Refused at first");
});

test("A few lines short of the end the page follows what comes; further up it stays", async () => {
  const { page, context } = anna;
  const other = await context.newPage();
  await other.goto(group);
  await scripted(other, "[data-composer]");
  const scroller = page.locator("[data-scroller]");
  const newest = page.locator("[data-to-newest]");
  // Its end is at 0.
  const place = () => scroller.evaluate((element) => element.scrollTop);
  await scroller.evaluate((element) => element.scrollTo(0, -60));
  await type(other, "From the other window 1");
  await until("the page has followed", async () => (await messages(page)).at(-1).words === "From the other window 1" && await place() === 0);
  assert.equal(await newest.isVisible(), false);
  await scroller.evaluate((element) => element.scrollTo(0, -400));
  await type(other, "From the other window 2");
  await until("it has come", async () => (await messages(page)).at(-1).words === "From the other window 2");
  assert.ok(await place() <= -400, "what somebody reads stays where it is");
  await newest.click();
  await until("at the end again", async () => await place() === 0);
  await other.close();
});

test("A file that is too large holds up nothing", async () => {
  const { page } = anna;
  const large = { name: "large.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(1_000) };
  await page.route("**/uploads", (route) => route.fulfill({
    status: 422, contentType: "application/json", body: JSON.stringify({ problem: "This file is too large." }),
  }), { times: 1 });
  await page.locator("#composer-files").setInputFiles(large);
  await page.locator(".upload.failed", { hasText: "too large" }).waitFor();
  // Nothing to send: nothing happens, least of all an empty message.
  await field(page).press("Enter");
  assert.equal(await waiting(page).count(), 0);
  await type(page, "Without the large file");
  await until("it went", async () => (await messages(page)).at(-1).words === "Without the large file");
  // It stays in sight: it was not sent.
  await page.locator(".upload.failed button").click();
  assert.equal(await page.locator(".upload").count(), 0);
});

test("A file that the network broke off goes up again by itself", async () => {
  const { page, context } = anna;
  await context.setOffline(true);
  const file = { name: "tunnel.txt", mimeType: "text/plain", buffer: Buffer.from("x") };
  await page.locator("#composer-files").setInputFiles(file);
  await page.locator(".upload .why", { hasText: "Waits for the connection" }).waitFor();
  await context.setOffline(false);
  await page.locator(".upload progress[hidden]").waitFor({ state: "attached" });
  await type(page, "With the file");
  const sent = page.locator("[data-log] .message:not(.waiting)", { hasText: "With the file" });
  await sent.locator(".file", { hasText: "tunnel.txt" }).waitFor();
});

test("Signed out elsewhere: the page says so, keeps what was typed, and goes on after signing in", async () => {
  const { page, context } = anna;
  const other = await context.newPage();
  await other.goto(`${demo.url}/sessions`);
  await field(page).fill("Half a thought");
  await other.locator(".item", { hasText: "This browser" }).locator("form button").click();
  const banner = page.locator("[data-connection]", { hasText: "You were signed out here" });
  await banner.waitFor();
  assert.match(await banner.locator("a").getAttribute("href"), /^\/sign-in\?next=%2Fgroups%2F/);
  await field(page).press("Enter");
  await waiting(page).locator(".fate").waitFor();
  await openLink({ page: other }, demo.linkOf("Anna Berg"), `${demo.url}/`);
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await page.locator("[data-log] .message:not(.waiting)", { hasText: "Half a thought" }).waitFor();
  await banner.waitFor({ state: "hidden" });
  await other.close();
});
