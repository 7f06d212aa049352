// Who is here, in real browsers: Anna and Priya look at a group, in two windows and on a phone, and Priya goes away.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { beginDraft, makeGroup, openLink, play, say, scripted, someone, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

const NAME = "Priya Raman";

async function gather(day) {
  const { anna, priya, demo } = day;
  await openLink(anna, demo.linkOf("Anna Berg"), `${demo.url}/`);
  await openLink(priya, demo.linkOf(NAME), `${demo.url}/`);
  await beginDraft(anna.page, demo.url);
  for (const name of ["Priya", "David"]) {
    await anna.page.locator("#who").pressSequentially(name);
    await anna.page.locator("#who-options [role=option]").first().waitFor();
    await anna.page.locator("#who").press("Enter");
    await anna.page.locator("[data-part=members] .person", { hasText: name }).waitFor();
  }
  await anna.page.locator("[name=topic]").fill("Who is here");
  await anna.page.locator("[name=topic]").press("Tab");
  await makeGroup(anna.page);
  day.group = anna.page.url();
  await scripted(anna.page, "[data-drawer]");
  await anna.page.locator("a[data-panel][href$='/members']").first().click();
  await member(anna.page, "David Okafor").waitFor();
}

const member = (page, name) => page.locator("[data-drawer] .person", { hasText: name });
const isShownAs = (page, name, words) => until(`${name} is ${words}`, async () =>
  words.test(await member(page, name).locator(".presence").innerText()));

async function comesOnline(day) {
  await isShownAs(day.anna.page, NAME, /^online|^offline/);
  await day.priya.page.clock.install();
  await day.priya.page.goto(day.group);
  await scripted(day.priya.page, "[data-mine]");
  await isShownAs(day.anna.page, NAME, /^online$/);
  await until("two are here", async () => /^2 here/.test(await day.anna.page.locator("[data-here]").innerText()));
  await isShownAs(day.anna.page, "David Okafor", /^offline · By mail$/);
}

async function writes(day) {
  const line = day.anna.page.locator("[data-writing]");
  await day.priya.page.locator("[data-composer] [data-text]").pressSequentially("One moment");
  await line.filter({ hasText: `${NAME} is writing…` }).waitFor();
  assert.equal(await line.locator("xpath=ancestor::*[@aria-live][1]").getAttribute("aria-live"), "off", "nobody is told aloud");
  assert.equal(await day.priya.page.locator("[data-writing]").isVisible(), false, "not to oneself");
  await say(day.priya.page, "One moment, please");
  await line.waitFor({ state: "hidden" });
}

async function leavesTheDesk(day) {
  const { anna, priya } = day;
  const dot = anna.page.locator(".stack-link [data-state=away]");
  assert.equal(await dot.count(), 0);
  // Ten minutes without a touch; her page's own clock says so.
  await priya.page.clock.fastForward("10:30");
  await isShownAs(anna.page, NAME, /^away$/);
  await dot.first().waitFor({ state: "attached" });
  await until("her own menu says so", async () => (await priya.page.locator("[data-own]").innerText()) === "away");
  // What comes is not read, though the page is in sight.
  await say(anna.page, "Are you there?");
  const row = priya.page.locator("[data-groups] a.group-row.unread", { hasText: "Who is here" });
  await row.waitFor();
  await priya.page.mouse.move(200, 200);
  await priya.page.mouse.move(220, 220);
  await isShownAs(anna.page, NAME, /^online$/);
  await row.waitFor({ state: "detached" });
}

async function hasAPhone(day) {
  const { anna, priya } = day;
  day.phone = await priya.context.newPage();
  await day.phone.setViewportSize({ width: 390, height: 844 });
  await day.phone.goto(`${day.demo.url}/`);
  await scripted(day.phone, "[data-mine]");
  await priya.page.clock.fastForward("10:30");
  await until("the desk is away for itself", () => priya.page.evaluate(() => document.querySelector("[data-own]").dataset.state === "online"));
  await isShownAs(anna.page, NAME, /^online$/);
  await priya.page.mouse.move(240, 240);
}

async function goesToLunch(day) {
  const { anna, priya, phone } = day;
  await phone.locator("details.me > summary").click();
  const form = phone.locator("[data-status]");
  await form.locator("label", { hasText: "away" }).click();
  await form.locator("[name=note]").fill("at lunch");
  await form.locator("[data-clock]").fill("23:59");
  await form.getByRole("button", { name: "Save" }).click();
  await isShownAs(anna.page, NAME, /^away: at lunch · until 23:59$/);
  await anna.page.locator("[data-here]", { hasText: "Priya Raman away: at lunch · until 23:59" }).waitFor();
  // The other page of hers follows.
  await until("her other page says so", async () => /at lunch/.test(await priya.page.locator("[data-own]").innerText()));
  assert.equal(await priya.page.locator("[data-status] [name=note]").inputValue(), "at lunch");
  await phone.close();
}

async function comesBack(day) {
  const { anna, priya } = day;
  await priya.page.locator("details.me > summary").click();
  const form = priya.page.locator("[data-status]");
  await form.locator("label", { hasText: "online" }).click();
  await form.locator("[name=note]").fill("");
  await form.getByRole("button", { name: "Save" }).click();
  await isShownAs(anna.page, NAME, /^online/);
  // A page that was loaded by itself says the same as one that followed.
  await anna.page.reload();
  await anna.page.locator(`.stack-link [data-presence][data-state=online]`).nth(1).waitFor({ state: "attached" });
}

async function withoutScript(day) {
  const { cookies } = await day.priya.context.storageState();
  const plain = await someone(day.browser, { javaScriptEnabled: false, storageState: { cookies, origins: [] } });
  await plain.page.goto(`${day.demo.url}/threads`);
  await plain.page.locator("details.me > summary").click();
  await plain.page.locator("[data-status] label", { hasText: "busy" }).click();
  await plain.page.locator("[data-status] [name=note]").fill("على الهاتف");
  await plain.page.locator("[data-status] [name=lasts]").selectOption("60");
  await plain.page.locator("[data-status]").getByRole("button", { name: "Save" }).click();
  await plain.page.waitForURL("**/threads");
  assert.match(await plain.page.locator("[data-own]").innerText(), /^busy: على الهاتف/);
  await day.anna.page.locator("[data-here]", { hasText: "على الهاتف" }).waitFor();
  assert.equal(await day.anna.page.locator("[data-here] bdi", { hasText: "على الهاتف" }).count(), 1, "in its own direction");
  await plain.context.close();
}

const STEPS = [
  ["Anna makes a group and opens the list of its members", gather],
  ["Priya opens the page and is online; David is reached by mail", comesOnline],
  ["Anna sees that Priya writes, until it is sent", writes],
  ["Priya leaves her desk: she is away, and nothing is read until she is back", leavesTheDesk],
  ["With the phone in her hand she is there, whatever the desk says", hasAPhone],
  ["A note with a time stands where the others look, and on her other page", goesToLunch],
  ["She takes it back", comesBack],
  ["Without script the status is a form like any other", withoutScript],
];

test("Who is here", async (context) => {
  const demo = await startDemo();
  context.after(demo.stop);
  const browser = await openBrowser();
  context.after(() => browser.close());
  const day = { demo, browser, anna: await someone(browser), priya: await someone(browser) };
  await play(context, STEPS, (step) => step(day));
  await context.test("No script of any page failed", () => {
    assert.deepEqual([...day.anna.wrong, ...day.priya.wrong], []);
  });
});
