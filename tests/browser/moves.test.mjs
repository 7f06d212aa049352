// A message that stands in the wrong group is moved: from its menu, by a list that typing makes shorter, after its readers
// were named; and taken back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, say, scripted } from "./people.mjs";
import { SIZES } from "./places.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;
let priya;
let wrong;
let right;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  anna = await member(browser, demo, "Anna Berg");
  priya = await member(browser, demo, "Priya Raman");
  right = await groupOf(anna, "Budget");
  wrong = await groupOf(anna, "Third floor");
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual([...anna.wrong, ...priya.wrong], [], "no script failed");
});

const said = (page, words) => page.locator("[data-log] .message[data-seq]", { hasText: words }).last();

test("The menu leads to the groups, typing makes them fewer, and the readers are named before it goes", async () => {
  const { page } = anna;
  await page.setViewportSize(SIZES.wide);
  await priya.page.goto(demo.url + wrong);
  await scripted(priya.page, "[data-live]");
  await page.goto(demo.url + wrong);
  await say(page, "The sums are in the budget");
  const message = said(page, "The sums are");
  await message.hover();
  await scripted(page, "[data-message-tools]");
  await message.click({ button: "right" });
  await page.locator(".message-menu [data-do=move]").click();
  await page.waitForURL("**/move");
  await scripted(page, "[data-narrow]");
  const lines = page.locator("#move-groups > li");
  assert.ok((await lines.count()) > 2, "all her groups");
  const field = page.locator("[data-narrow] input[type=search]");
  await field.fill("no such words anywhere");
  assert.equal(await page.locator("#move-groups > li:visible").count(), 0);
  assert.match(await page.locator("[data-narrowed]").innerText(), /None of your groups/);
  await field.fill("budget");
  assert.equal(await page.locator("#move-groups > li:visible").count(), 1);
  await field.press("Enter");
  await page.waitForURL("**/move?to=*");
  assert.match(await page.locator("main").innerText(), /\d+ members will read it in “Budget/);
  await page.locator("form[action$='/move'] .button.main").press("Enter");
  await page.waitForURL("**/messages/*");
  assert.match(await page.locator("main").innerText(), /Moved to another group\s+by\s+Anna Berg/);
  // Priya sees the line where it was, without a reload, and not where it went.
  await priya.page.locator(".gone", { hasText: "Moved to another group" }).waitFor();
  assert.equal(await priya.page.locator("[data-log]", { hasText: "The sums are" }).count(), 0);
  await page.goto(demo.url + right);
  const there = said(page, "The sums are");
  await there.waitFor();
  assert.match(await there.innerText(), /Moved here\s+by\s+Anna Berg/);
});

test("Whoever moved it takes it back, beside the discussion", async () => {
  const { page } = anna;
  await page.goto(demo.url + wrong);
  await scripted(page, "[data-drawer]");
  await page.locator(".gone a", { hasText: "Moved to another group" }).click();
  const back = page.locator("[data-drawer] form[action$='/move/back'] button");
  await back.waitFor();
  await back.click();
  await said(page, "The sums are").waitFor();
  await said(priya.page, "The sums are").waitFor();
});

test("The list of groups fits a phone and is walked by keyboard", async () => {
  const { page } = anna;
  await page.setViewportSize(SIZES.narrow);
  const seq = await said(page, "The sums are").getAttribute("data-seq");
  await page.goto(`${demo.url}${wrong}/messages/${seq}/move`);
  await scripted(page, "[data-narrow]");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing hangs out");
  await page.locator("[data-narrow] input").focus();
  await page.keyboard.press("Tab");
  assert.ok(await page.locator("#move-groups a").first().evaluate((link) => link === document.activeElement));
});
