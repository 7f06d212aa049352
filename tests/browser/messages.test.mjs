// What becomes of messages, with two browsers: answered, edited, removed, reacted to, pinned; seen by the other at once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { gate, groupOf, member, say, scripted, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;
let priya;
let group;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  anna = await member(browser, demo, "Anna Berg");
  await anna.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  priya = await member(browser, demo, "Priya Raman");
  group = demo.url + await groupOf(anna, "Third floor");
  for (const { page } of [anna, priya]) {
    await page.goto(group);
    await scripted(page, "[data-composer]");
  }
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual([anna.wrong, priya.wrong], [[], []], "no script failed");
});

const field = (page) => page.locator("[data-composer] [data-text]");
const message = (page, words) => page.locator("article.message:not(.waiting)", { has: page.locator(".prose", { hasText: words }) });
const menu = (page) => page.locator(".message-menu");

/** Chooses an entry of a message's menu by the mouse. */
async function choose(page, words, what) {
  await message(page, words).hover();
  await message(page, words).locator('.message-tools [data-do="menu"]').click();
  await menu(page).locator(`[data-do="${what}"]`).click();
}

test("An answer shows what it answers, leads there, and is there at once for the other", async () => {
  await say(anna.page, "Who takes the key on Monday?");
  await message(priya.page, "Who takes the key").hover();
  await message(priya.page, "Who takes the key").locator('.message-tools [data-do="answer"]').click();
  const line = priya.page.locator("[data-answering] .answered");
  assert.match(await line.innerText(), /Anna Berg\s+Who takes the key/);
  // Esc: it is not meant to be an answer any more; what was typed stays.
  await field(priya.page).fill("I do");
  await field(priya.page).press("Escape");
  await priya.page.locator("[data-answering]").waitFor({ state: "hidden" });
  assert.equal(await field(priya.page).inputValue(), "I do");
  await choose(priya.page, "Who takes the key", "answer");
  // What is to be answered is still known after a reload, as the words are.
  await priya.page.reload();
  await scripted(priya.page, "[data-composer]");
  await line.waitFor();
  await field(priya.page).press("Enter");
  for (const { page } of [anna, priya]) {
    const shown = message(page, "I do").locator("a.answered", { hasText: "Who takes the key" });
    await shown.waitFor();
    await shown.click();
    await page.waitForURL(/\?at=\d+#m-\d+$/);
    await message(page, "Who takes the key").and(page.locator(".marked")).waitFor();
  }
  assert.equal(await priya.page.locator("[data-answering]").isVisible(), false);
});

test("An edit is seen at once, with its trace, and in the lines of its answers", async () => {
  await choose(anna.page, "Who takes the key", "edit");
  const text = anna.page.locator("[data-editing] textarea");
  await text.fill("Who takes the **keys** on Tuesday?");
  await text.press("Enter");
  await message(priya.page, "Who takes the keys on Tuesday").locator(".edited", { hasText: "edited" }).waitFor();
  await message(priya.page, "I do").locator(".answered", { hasText: "keys on Tuesday" }).waitFor();
  await message(priya.page, "Who takes the keys").locator(".edited").click();
  await priya.page.locator("[data-drawer] #versions", { hasText: "Who takes the key on Monday?" }).waitFor();
  await priya.page.keyboard.press("Escape");
  // Others have no such entry.
  await message(priya.page, "Who takes the keys").hover();
  await message(priya.page, "Who takes the keys").locator('.message-tools [data-do="menu"]').click();
  assert.deepEqual(await menu(priya.page).locator('[data-do="edit"]:visible, [data-do="remove"]:visible').count(), 0);
  await priya.page.keyboard.press("Escape");
});

test("Nothing typed is lost when two windows edit one message, or when it is removed meanwhile", async () => {
  await say(anna.page, "Two windows");
  const other = await anna.context.newPage();
  await other.goto(group);
  await scripted(other, "[data-composer]");
  await choose(anna.page, "Two windows", "edit");
  await choose(other, "Two windows", "edit");
  const [first, second] = [other, anna.page].map((page) => page.locator("[data-editing] textarea"));
  await first.fill("Two windows, the first");
  await first.press("Enter");
  await message(other, "Two windows, the first").waitFor();
  await second.fill("Two windows, the second");
  await second.press("Enter");
  await anna.page.locator("[data-editing] [role=alert]", { hasText: "in another window" }).waitFor();
  // Both are in sight now; saved again, it is meant.
  await message(anna.page, "Two windows, the first").waitFor();
  await second.press("Enter");
  await message(other, "Two windows, the second").waitFor();

  await choose(anna.page, "Two windows, the second", "edit");
  await second.fill("Typed in vain");
  await choose(other, "Two windows, the second", "remove");
  await other.locator("dialog.ask button[value=remove]").click();
  await anna.page.locator(".message", { has: anna.page.locator("[data-editing]") }).locator(".gone").waitFor();
  assert.equal(await second.inputValue(), "Typed in vain");
  await second.press("Enter");
  await anna.page.locator("[data-editing] [role=alert]", { hasText: "removed meanwhile" }).waitFor();
  assert.equal(await second.inputValue(), "Typed in vain");
  await second.press("Escape");
  await other.close();
});

test("Removing asks first, and leaves a trace for everybody", async () => {
  await say(anna.page, "Said in error");
  await message(priya.page, "Said in error").waitFor();
  await choose(anna.page, "Said in error", "remove");
  await anna.page.locator("dialog.ask").getByRole("button", { name: "Cancel" }).click();
  await message(anna.page, "Said in error").waitFor();
  const seq = await message(priya.page, "Said in error").getAttribute("data-seq");
  await choose(anna.page, "Said in error", "remove");
  await anna.page.locator("dialog.ask button[value=remove]").click();
  await priya.page.locator(`#m-${seq} .gone`, { hasText: "Removed by Anna Berg" }).waitFor();
  assert.equal(await message(priya.page, "Said in error").count(), 0);
});

test("A reaction is seen at once, by whom, and is taken back by a click", async () => {
  await say(anna.page, "Lunch is here");
  await message(priya.page, "Lunch is here").hover();
  await message(priya.page, "Lunch is here").locator('.message-tools [data-do="react"]').click();
  await priya.page.locator('.emoji-picker .quick [data-emoji="🎉"]').click();
  const chip = (page, emoji) => message(page, "Lunch is here").locator(`.reaction[data-emoji="${emoji}"]`);
  await chip(anna.page, "🎉").and(anna.page.locator('[aria-pressed="false"]')).waitFor();
  assert.match(await chip(anna.page, "🎉").getAttribute("title"), /Priya Raman/);
  await chip(priya.page, "🎉").and(priya.page.locator('[aria-pressed="true"]')).waitFor();
  await chip(anna.page, "🎉").click();
  await chip(priya.page, "🎉").filter({ hasText: "🎉 2" }).waitFor();
  // By keyboard: any emoji, by its name.
  await message(priya.page, "Lunch is here").focus();
  await priya.page.keyboard.press("+");
  await priya.page.locator(".emoji-picker [data-emojis]").waitFor();
  await priya.page.keyboard.press("ArrowDown");
  await priya.page.keyboard.type("hot pepper");
  await priya.page.keyboard.press("Enter");
  await chip(anna.page, "🌶️").waitFor();
  await chip(priya.page, "🌶️").press("Enter");
  await chip(anna.page, "🌶️").waitFor({ state: "detached" });
});

test("A pin is seen at once, also in the panel of pins", async () => {
  await say(anna.page, "The code of the door is 4711");
  await priya.page.locator('.head a[href$="/pins"]').click();
  await priya.page.locator('[data-panel-name="pins"]').waitFor();
  await choose(anna.page, "The code of the door", "pin");
  await priya.page.locator("[data-drawer] .pins", { hasText: "The code of the door" }).waitFor();
  await message(priya.page, "The code of the door").locator(".by .via", { hasText: "pinned" }).waitFor();
  await priya.page.locator("[data-drawer] .pins li", { hasText: "The code of the door" }).getByRole("button", { name: "Unpin" }).click();
  await message(anna.page, "The code of the door").and(anna.page.locator(":not([data-pinned])")).waitFor();
  await priya.page.keyboard.press("Escape");
});

test("On a slow network the tools come to a message that changed meanwhile", async () => {
  const page = await anna.context.newPage();
  const script = gate();
  await page.route(/\/script\/message-menu/, async (route) => {
    await script.opened;
    await route.continue();
  });
  await page.goto(group);
  await scripted(page, "[data-composer]");
  await say(priya.page, "Shown to everybody");
  const shown = message(page, "Shown to everybody");
  const asked = page.waitForRequest(/\/script\/message-menu/);
  await shown.hover();
  await asked;
  await choose(priya.page, "Shown to everybody", "pin");
  await shown.locator(".by .via", { hasText: "pinned" }).waitFor();
  script.open();
  await shown.locator(".message-tools").waitFor();
  await page.close();
});

test("By keyboard alone: to a message, its menu, its link, an answer and an edit", async () => {
  const { page } = anna;
  await say(page, "By keyboard");
  await field(page).press("Shift+Tab");
  // The log has one stop for Tab among its messages, the newest, and what stands in it.
  await until("the newest has the focus", async () => {
    const [at, last] = await page.evaluate(() =>
      [document.activeElement.closest(".message")?.id, [...document.querySelectorAll(".message")].at(-1).id]);
    return at === last;
  });
  await page.locator("article.message").last().focus();
  await page.keyboard.press("ArrowUp");
  const above = await page.evaluate(() => document.activeElement.nextElementSibling?.matches(".message, .day, .unread-line"));
  assert.ok(above);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await menu(page).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.do), "react");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.do), "remove");
  await page.keyboard.press("Escape");
  await menu(page).waitFor({ state: "hidden" });
  assert.match(await page.evaluate(() => document.activeElement.id), /^m-\d+$/);
  await page.keyboard.press("l");
  await page.locator("[data-toasts]", { hasText: "Copied" }).waitFor();
  const seq = await message(page, "By keyboard").getAttribute("data-seq");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${group}?at=${seq}#m-${seq}`);
  await page.keyboard.press("r");
  await page.locator("[data-answering] .answered", { hasText: "By keyboard" }).waitFor();
  await page.keyboard.press("Escape");
  // Up in an empty composer edits the newest of one's own.
  await field(page).press("ArrowUp");
  await page.locator("[data-editing] textarea").press("End");
  await page.keyboard.type(" only");
  await page.keyboard.press("Enter");
  await message(priya.page, "By keyboard only").waitFor();
});

test("A finger that rests on a message opens its menu", async () => {
  const phone = await browser.newContext({
    storageState: await anna.context.storageState(), viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true, locale: "en-US",
  });
  const page = await phone.newPage();
  await page.goto(group);
  await scripted(page, "[data-composer]");
  const words = message(page, "By keyboard only").locator(".prose");
  // Until it lies still, and nothing over it.
  await words.tap({ trial: true });
  const box = await words.boundingBox();
  const session = await phone.newCDPSession(page);
  const touchPoints = [{ x: box.x + 10, y: box.y + 5 }];
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await menu(page).waitFor();
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  // What came to lie under the finger is not pressed by lifting it.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
  assert.equal(await page.locator("[data-answering]").isVisible(), false);
  await menu(page).locator('[data-do="answer"]').click();
  await page.locator("[data-answering] .answered", { hasText: "By keyboard only" }).waitFor();
  await phone.close();
});
