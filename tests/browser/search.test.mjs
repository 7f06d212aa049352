// Searching as one types: in all groups, and beside a discussion, by keyboard and on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, scripted, until } from "./people.mjs";
import { SIZES } from "./places.mjs";
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
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual(anna.wrong, [], "no script failed");
});

const field = (page) => page.locator("[data-search] input[type=search]");
const hits = (page) => page.locator("[data-search] .hit");
const told = (page) => page.locator("[data-told]").innerText();
const inField = (page) => field(page).evaluate((input) => input === document.activeElement);
const onHit = (page, place) => hits(page).nth(place).evaluate((hit) => hit === document.activeElement);

/** Types, until the results are those of it. */
async function search(page, words, marks) {
  await field(page).fill(words);
  await until(`results for ${words}`, async () =>
    (await page.locator("[data-search] mark").allInnerTexts()).some((text) => text.toLowerCase() === marks));
}

test("A slash leads to the search, results come while typing, and one opens its message in its place", async () => {
  const { page } = anna;
  await page.goto(demo.url);
  await scripted(page, "[data-search-field]");
  await page.keyboard.press("/");
  await page.keyboard.type("warehouse");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=warehouse*");
  await scripted(page, "[data-search]");
  await search(page, "transport contract", "contract");
  assert.match(await told(page), /found/);
  assert.match(page.url(), /q=transport\+contract/, "the page has an address that can be kept");
  // Chinese words of two letters, while they are being chosen, too.
  await search(page, "预算", "预算");
  assert.match(await hits(page).first().innerText(), /华东仓库搬迁/);

  await search(page, "plant", "plant");
  await field(page).press("ArrowDown");
  assert.ok(await onHit(page, 0));
  await page.keyboard.press("ArrowUp");
  assert.ok(await inField(page));
  await page.keyboard.press("ArrowDown");
  const place = await hits(page).first().getAttribute("href");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${place}`);
  const marked = page.locator(".message.marked");
  await marked.waitFor();
  assert.match(await marked.innerText(), /plant/);
  await page.goBack();
  await page.waitForURL("**/search?q=plant*");
  await hits(page).first().waitFor();
});

test("What cannot be used is told, and a letter on its way does not search", async () => {
  const { page } = anna;
  await page.goto(`${demo.url}/search`);
  await scripted(page, "[data-search]");
  await search(page, "the before:soon", "the");
  assert.match(await told(page), /“soon” is no day/);
  await search(page, "plant", "plant");
  // Somebody who writes Chinese is still choosing: nothing is asked for until it is done.
  let asked = 0;
  page.on("request", (request) => { asked += Number(request.url().includes("/search?")); });
  await field(page).evaluate((input) => {
    input.value = "yus";
    input.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
    input.value = "预算";
    input.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
  });
  await until("the results of the word", async () => (await page.locator("[data-search] mark").allInnerTexts()).includes("预算"));
  assert.equal(asked, 1);
  await field(page).fill("");
  await page.locator("[data-search] .examples").waitFor();
});

test("Beside the discussion a result leads to its place, and the results stay", async () => {
  const { page } = anna;
  await page.goto(group);
  await scripted(page, "[data-drawer]");
  await page.locator(".head a[href$='/search']").click();
  await field(page).waitFor();
  assert.ok(await until("the field has the keyboard", () => inField(page)));
  await page.locator(".examples a", { hasText: "second round" }).click();
  await until("the example was asked", async () => (await field(page).inputValue()).includes("second round"));
  await search(page, "price", "price");
  await hits(page).last().click();
  await page.locator(".message.marked").waitFor();
  assert.ok(await hits(page).first().isVisible());
  assert.equal(new URL(page.url()).pathname, new URL(group).pathname, "the page was not left");
  const sideways = await page.locator(".drawer").evaluate((drawer) => drawer.scrollWidth - drawer.clientWidth);
  assert.equal(sideways, 0, "long names and words do not widen it");
});

test("On a phone the drawer makes room for the place, and knows what was searched for", async () => {
  const phone = await browser.newContext({ viewport: SIZES.narrow, storageState: await anna.context.storageState() });
  const page = await phone.newPage();
  await page.goto(group);
  await scripted(page, "[data-drawer]");
  const open = page.locator(".head a[href$='/search']");
  await open.click();
  await scripted(page, "[data-search]");
  await search(page, "price", "price");
  await hits(page).first().click();
  await page.locator(".message.marked").waitFor();
  assert.equal(await page.locator("[data-drawer]").isVisible(), false);
  await open.click();
  await hits(page).first().waitFor();
  assert.equal(await field(page).inputValue(), "price");
  await phone.close();
});

test("Without script the field is a form and older results are a link", async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await anna.context.storageState() });
  const page = await plain.newPage();
  await page.goto(`${group}/search`);
  await field(page).fill("the price");
  await field(page).press("Enter");
  await page.waitForURL("**/search?q=the+price*");
  assert.ok(await hits(page).count() > 0);
  await page.locator("main a", { hasText: "Search in all groups" }).click();
  await page.waitForURL("**/search?q=the%20price*");
  assert.ok(await hits(page).count() > 0);
  await plain.close();
});
