// Members in real browsers: added while others look, guests marked, the topic changed, and a page that closes politely.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, say, scripted } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let sofia;
let priya;
let group;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  sofia = await member(browser, demo, "Sofia Lindqvist");
  priya = await member(browser, demo, "Priya Raman");
  group = demo.url + await groupOf(sofia, "Third floor");
  for (const { page } of [sofia, priya]) {
    await page.goto(group);
    await scripted(page, "[data-guests]");
  }
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  for (const one of [sofia, priya]) assert.deepEqual(one.wrong, [], "no script failed");
});

const event = (page, words) => page.locator("[data-log] .event", { hasText: words });

async function openMembers(page) {
  await scripted(page, "[data-drawer]");
  await page.locator(".stack-link").click();
  await page.locator("[data-drawer] .people").waitFor();
}

test("Several are added by keyboard and by pasting, and everybody who looks sees it", async () => {
  const { page } = sofia;
  await openMembers(page);
  await scripted(page, "[data-collects]");
  const field = page.locator("#who");
  await field.pressSequentially("Maria");
  await page.locator("#who-options [role=option]").first().waitFor();
  await field.press("Enter");
  await page.locator("[data-chosen] li").first().waitFor();
  await field.evaluate((input) => {
    const data = new DataTransfer();
    data.setData("text", "Ada <ada@else.example>\nbob@else.example");
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  assert.equal(await page.locator("[data-chosen] li").count(), 3);
  await page.getByLabel("Only what is written from now on").check();
  await page.locator("[data-collects] button.main").click();
  for (const one of [sofia, priya]) await event(one.page, "Ada and bob, to read from here on").waitFor();
  await page.locator("[data-drawer] .person", { hasText: "Ada" }).locator(".chip", { hasText: "Guest" }).waitFor();
  await priya.page.locator("[data-names]", { hasText: "Ada" }).waitFor();
});

test("Several who were added by mistake are taken out again in one step", async () => {
  const { page } = sofia;
  const drawer = page.locator("[data-drawer]");
  await drawer.locator("form", { hasText: "You have added 3 people." }).getByRole("button", { name: "Undo" }).click();
  for (const one of [sofia, priya]) await event(one.page, "took back adding").waitFor();
  await drawer.locator(".person", { hasText: "Ada" }).waitFor({ state: "detached" });
  assert.equal(await drawer.getByText("You have added").count(), 0);
  await priya.page.locator("[data-names]", { hasText: "Ada" }).waitFor({ state: "detached" });
});

test("The topic changes on every page, in the list and in the title", async () => {
  const { page } = sofia;
  await page.locator(".head a[href$='/settings']").click();
  await page.locator("#group-topic").fill("Seats on the third floor");
  await page.locator("#save-topic").click();
  await page.locator("[data-toasts]", { hasText: "Saved" }).waitFor();
  await priya.page.locator("[data-topic]", { hasText: "Seats on the third floor" }).waitFor();
  await priya.page.locator(".group-row .topic", { hasText: "Seats on the third floor" }).waitFor();
  await priya.page.waitForFunction(() => document.title.includes("Seats on the third floor"));
});

test("Whoever is removed reads no more, keeps what was typed, and finds the group gone from the list", async () => {
  await priya.page.locator("[data-composer] [data-text]").fill("Half a thought");
  const file = await priya.page.locator("[data-log] a[href^='/files/']").first().getAttribute("href");
  const { request } = priya.context;
  assert.equal((await request.get(demo.url + file)).status(), 200);
  await openMembers(sofia.page);
  const row = sofia.page.locator("[data-drawer] .person", { hasText: "Priya Raman" });
  await row.locator("details.doings > summary").click();
  await row.getByText("Remove from the group").click();
  await row.getByRole("button", { name: "Yes, remove" }).click();
  await sofia.page.locator("[data-drawer] h2:focus").waitFor();
  const gone = priya.page.locator(".no-member", { hasText: "no longer in this group" });
  await gone.waitFor();
  await gone.locator(".kept-text", { hasText: "Half a thought" }).waitFor();
  assert.equal(await priya.page.locator(`.group-row[href="${new URL(group).pathname}"]`).count(), 0);
  await say(sofia.page, "Not for Priya");
  assert.equal(await priya.page.getByText("Not for Priya").count(), 0);
  await event(sofia.page, "removed Priya Raman").waitFor();
  // Nor does a link to a file that she kept lead to it any more; she is told so in words, with a way on.
  const refused = await request.get(demo.url + file);
  assert.deepEqual([refused.status(), refused.headers()["content-disposition"]], [404, undefined]);
  const answer = await priya.page.goto(`${demo.url}${file}`);
  assert.equal(answer.status(), 404);
  const told = priya.page.locator("main");
  assert.match(await told.innerText(), /Nothing here for you[^]*not open to you/);
  await told.locator("a").first().click();
  await priya.page.waitForURL(`${demo.url}/`);
});
