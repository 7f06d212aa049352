// Marking with two browsers: by mouse, by keyboard and by finger; a message, a passage, a file, several messages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, say, scripted, until } from "./people.mjs";
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

const message = (page, words) => page.locator("article.message:not(.waiting)", { has: page.locator(".prose", { hasText: words }) });
const chip = (page, words, tag) => message(page, words).locator(".mark-chip", { has: page.locator(".tag", { hasText: tag }) });
const dialog = (page) => page.locator("dialog.mark-dialog");

/** Opens the dialog for a message by its tools. */
async function openDialog(page, words) {
  await message(page, words).hover();
  await message(page, words).locator('.message-tools [data-do="mark"]').click();
  await dialog(page).waitFor();
}

/** What is drawn over a page's texts, by the name of the colour. */
const highlights = (page) => page.evaluate(() =>
  Object.fromEntries([...CSS.highlights].map(([name, all]) => [name, [...all].map(String)])));

test("A message is marked by the mouse, with topic, person and day, and the other sees it at once", async () => {
  const { page } = anna;
  await say(page, "We need a new lock");
  await openDialog(page, "We need a new lock");
  assert.equal(await dialog(page).locator(".task").isVisible(), false, "only an action is somebody's to do");
  await dialog(page).locator(".tag-choice", { hasText: "Action" }).click();
  await dialog(page).locator("[name=topic]").fill("Keys");
  await dialog(page).locator("[name=who]").selectOption({ label: "Priya Raman" });
  await dialog(page).locator("[name=due]").fill("2027-01-31");
  await dialog(page).getByRole("button", { name: "Mark", exact: true }).click();
  await dialog(page).waitFor({ state: "detached" });
  for (const one of [anna, priya]) {
    const words = await chip(one.page, "We need a new lock", "Action").innerText();
    for (const part of ["Keys", "Priya Raman", "31 January 2027"]) assert.ok(words.includes(part), words);
  }
  // Ticked off in the drawer by the other.
  await chip(priya.page, "We need a new lock", "Action").click();
  await priya.page.locator("[data-drawer] #task-done").click();
  await chip(page, "We need a new lock", "Action").locator(".done").waitFor();
  await priya.page.keyboard.press("Escape");
});

test("What is selected by the mouse is marked as a passage, and drawn without touching the message", async () => {
  const { page } = anna;
  await page.locator("[data-composer] [data-text]").fill("First **the doors**, then the 窗户 🙂 and the roof");
  await page.locator("[data-composer] [data-text]").press("Enter");
  await message(page, "then the 窗户").waitFor();
  const before = await message(page, "then the 窗户").locator(".prose").innerHTML();
  await message(page, "then the 窗户").locator(".prose p").evaluate((p) => {
    const range = document.createRange();
    range.setStart(p.querySelector("strong").firstChild, 4);
    range.setEnd(p.lastChild, p.lastChild.data.indexOf("🙂") + 2);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  });
  await openDialog(page, "then the 窗户");
  assert.equal(await dialog(page).locator("[name=quote]").inputValue(), "doors, then the 窗户 🙂");
  await dialog(page).locator(".tag-choice", { hasText: "Risk" }).click();
  await dialog(page).getByRole("button", { name: "Mark", exact: true }).click();
  for (const one of [page, priya.page]) {
    await chip(one, "then the 窗户", "Risk").waitFor();
    await until("the passage is drawn", async () => (await highlights(one))["tag-red"]?.includes("doors, then the 窗户 🙂"));
  }
  assert.equal(await message(page, "then the 窗户").locator(".prose").innerHTML(), before);
  // The chip shows which passage it is.
  await chip(page, "then the 窗户", "Risk").hover();
  await until("it is underlined", async () => (await highlights(page))["mark-chosen"]?.includes("doors, then the 窗户 🙂"));

  // An edit moves it.
  await message(page, "then the 窗户").hover();
  await message(page, "then the 窗户").locator('.message-tools [data-do="menu"]').click();
  await page.locator('.message-menu [data-do="edit"]').click();
  const text = page.locator("[data-editing] textarea");
  await text.fill("Before all: the stairs. First the doors, then the 窗户 🙂 and the roof");
  await text.press("Enter");
  await until("the passage moved", async () => {
    const drawn = (await highlights(priya.page))["tag-red"] ?? [];
    return drawn.length === 1 && drawn[0] === "doors, then the 窗户 🙂" && await message(priya.page, "Before all").count() === 1;
  });
});

test("By keyboard alone: a passage of a message, with a tag of the group's own", async () => {
  const { page } = anna;
  await say(page, "The code of the gate is 4711");
  await message(page, "The code of the gate").focus();
  await page.keyboard.press("t");
  await dialog(page).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.name), "tag");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Access");
  await dialog(page).locator("[name=piece]:checked").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => "passageSource" in document.activeElement.dataset), true);
  await page.keyboard.press("Control+End");
  for (let n = 0; n < 5; n += 1) await page.keyboard.press("Shift+ArrowLeft");
  await until("the selection is the passage", async () => (await dialog(page).locator("[name=quote]").inputValue()).trim() === "4711");
  await dialog(page).locator("[name=topic]").press("Enter");
  const made = chip(priya.page, "The code of the gate", "Access");
  await made.waitFor();
  assert.match(await made.innerText(), /4711/);
  assert.ok(await message(page, "The code of the gate").evaluate((it) => it === document.activeElement), "back where it began");
});

test("A wrong piece is told in the dialog, and what was typed stays", async () => {
  const { page } = anna;
  await openDialog(page, "The code of the gate");
  await dialog(page).locator("[name=piece][value=passage]").check();
  await dialog(page).locator("[name=quote]").fill("no such words");
  await dialog(page).locator("[name=topic]").fill("Typed");
  await dialog(page).getByRole("button", { name: "Mark", exact: true }).click();
  await dialog(page).locator("[role=alert]", { hasText: "not in the message" }).waitFor();
  assert.equal(await dialog(page).locator("[name=topic]").inputValue(), "Typed");
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
});

test("Several messages are chosen and marked together", async () => {
  const { page } = anna;
  await message(page, "We need a new lock").focus();
  await page.keyboard.press("g");
  await message(page, "We need a new lock").locator(":scope > .pick:checked").waitFor();
  await message(page, "The code of the gate").locator(":scope > .pick").check();
  await page.locator("[data-mark-these]").click();
  await dialog(page).locator("h2", { hasText: "Mark 2 messages" }).waitFor();
  await dialog(page).locator(".tag-choice", { hasText: "Decision" }).click();
  await dialog(page).getByRole("button", { name: "Mark", exact: true }).click();
  for (const words of ["We need a new lock", "The code of the gate"]) await chip(priya.page, words, "Decision").waitFor();
  await page.locator("[data-choosing]").waitFor({ state: "hidden" });
});

test("A tag in a message marks it, and a renamed tag is renamed on all pages", async () => {
  await say(priya.page, "The lift stops at noon #lift");
  await chip(anna.page, "The lift stops", "lift").waitFor();
  await priya.page.goto(`${group}/tags`);
  const line = priya.page.locator(".tag-list li", { has: priya.page.locator(".tag", { hasText: "lift" }) });
  await line.locator("summary").click();
  await line.locator("[name=name]").fill("Elevator");
  await line.locator("[name=colour][value=violet]").check();
  await line.getByRole("button", { name: "Save" }).click();
  const renamed = chip(anna.page, "The lift stops", "Elevator");
  await renamed.waitFor();
  assert.match(await renamed.getAttribute("class"), /tag-violet/);
  await priya.page.goto(group);
  await scripted(priya.page, "[data-composer]");
});

test("A finger opens the menu, and selects the passage in the dialog", async () => {
  const phone = await browser.newContext({
    storageState: await anna.context.storageState(), viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true, locale: "en-US",
  });
  const page = await phone.newPage();
  await page.goto(group);
  await scripted(page, "[data-composer]");
  await message(page, "The lift stops").scrollIntoViewIfNeeded();
  const box = await message(page, "The lift stops").locator(".prose").boundingBox();
  const session = await phone.newCDPSession(page);
  const touchPoints = [{ x: box.x + 10, y: box.y + 5 }];
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await page.locator(".message-menu").waitFor();
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await page.locator('.message-menu [data-do="mark"]').tap();
  await dialog(page).locator("[name=piece][value=passage]").tap();
  await dialog(page).locator("[data-passage-source]").evaluate((text) => text.setSelectionRange(4, 14));
  await until("it is the passage", async () => await dialog(page).locator("[name=quote]").inputValue() === "lift stops");
  await dialog(page).locator(".tag-choice", { hasText: "Fact" }).tap();
  await dialog(page).getByRole("button", { name: "Mark", exact: true }).tap();
  await chip(anna.page, "The lift stops", "Fact").waitFor();
  await phone.close();
});

test("Without script, a message is marked on a page and the mark taken away on its own", async () => {
  const { cookies } = await anna.context.storageState();
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: { cookies, origins: [] }, locale: "en-US" });
  const page = await plain.newPage();
  await page.goto(group);
  await message(page, "The lift stops").locator(".when").click();
  await page.getByRole("link", { name: "Mark…" }).click();
  await page.locator(".tag-choice", { hasText: "Idea" }).click();
  await page.locator("[name=topic]").fill("Without script");
  await page.getByRole("button", { name: "Mark", exact: true }).click();
  await page.locator(".details .mark-chip", { hasText: "Without script" }).click();
  await page.getByRole("button", { name: "Take the mark away" }).click();
  await page.waitForURL(/\/messages\/\d+$/);
  assert.equal(await page.locator(".details .mark-chip", { hasText: "Without script" }).count(), 0);
  await plain.close();
});
