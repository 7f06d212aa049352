// A discussion goes on in another group: messages are chosen in their place, and come along with their files.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { edit, groupOf, makeGroup, member, messages, scripted, until } from "./people.mjs";
import { SIZES } from "./places.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;
let david;
let budget;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  anna = await member(browser, demo, "Anna Berg");
  david = await member(browser, demo, "David Okafor");
  budget = await groupOf(anna, "Budget");
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual([...anna.wrong, ...david.wrong], [], "no script failed");
});

const bar = (page) => page.locator("[data-choosing]");
const boxes = (page) => page.locator("[data-log] .message > .pick");

async function beginChoosing(page) {
  await page.goto(demo.url + budget);
  await scripted(page, "[data-drawer]");
  await page.locator(".stack-link").click();
  await page.locator("[data-drawer] a[href$='/family']").click();
  await page.locator("a[data-choose-open]").click();
  await boxes(page).first().waitFor({ state: "attached" });
}

test("Choosing begins beside the discussion and ends with Escape, on a phone as well", async () => {
  const { page } = anna;
  for (const size of Object.values(SIZES)) {
    await page.setViewportSize(size);
    await beginChoosing(page);
    assert.ok(await page.locator("[data-drawer]").isHidden(), "nothing covers the messages");
    assert.ok(await page.locator("[data-composer]").isHidden());
    assert.ok(await bar(page).locator("button").first().isDisabled(), "nothing is chosen yet");
    await page.keyboard.press("Escape");
    assert.equal(await boxes(page).count(), 0);
    assert.ok(await page.locator("[data-composer]").isVisible());
  }
});

test("The menu of a message goes on from it in a new group, by mouse and by key", async () => {
  const { page } = anna;
  await page.setViewportSize(SIZES.wide);
  await page.goto(demo.url + budget);
  await scripted(page, ".talk[data-talk]");
  const [first, second] = [0, 1].map((n) => page.locator("[data-log] .message[data-seq]").nth(n));
  await first.hover();
  await scripted(page, "[data-message-tools]");
  await first.click({ button: "right" });
  await page.locator(".message-menu [data-do=choose]").click();
  await first.locator(":scope > .pick:checked").waitFor();
  assert.equal(await page.locator(".message.chosen").count(), 1);
  await until("the keyboard goes on from there", () => first.locator(":scope > .pick").evaluate((box) => box === document.activeElement));
  assert.equal(await bar(page).getByRole("status").innerText(), "1 chosen");
  await page.keyboard.press("Escape");
  await second.focus();
  await page.keyboard.press("g");
  await second.locator(":scope > .pick:checked").waitFor();
  await page.keyboard.press("Escape");
  assert.ok(await second.evaluate((message) => message === document.activeElement), "back where it began");
  await page.keyboard.press("g");
  await second.locator(":scope > .pick:checked").waitFor();
  assert.equal(await page.locator(".message.chosen").count(), 1, "not the one before, too");
  await bar(page).locator("button").first().click();
  await page.waitForURL("**/drafts/*-*");
  assert.equal(await page.locator("[data-part=chosen] .keep").count(), 1);
});

test("What is chosen by keyboard and with Shift comes along, and names where it stood", async () => {
  const { page } = anna;
  await page.setViewportSize(SIZES.wide);
  await beginChoosing(page);
  await boxes(page).nth(0).press("Space");
  await boxes(page).nth(2).click({ modifiers: ["Shift"] });
  assert.equal(await page.locator(".message.chosen").count(), 3);
  await boxes(page).nth(1).press("Space");
  assert.equal(await bar(page).getByRole("status").innerText(), "2 chosen");
  await bar(page).locator("button").first().click();

  await page.waitForURL("**/drafts/*-*");
  await scripted(page, "[data-draft]");
  const chosen = page.locator("[data-part=chosen] .keep");
  assert.equal(await chosen.count(), 2);
  assert.match(await chosen.first().innerText(), /Budget 2027 v3\.csv/);
  await page.locator("[data-lease=free] button").click();
  await page.locator("[data-lease=mine]").waitFor();
  const saved = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().includes("/messages/"));
  await page.locator("[data-part=chosen] [type=checkbox]").nth(1).click();
  assert.equal((await saved).status(), 200);
  await page.locator(".topic-input").fill("The two positions");
  await page.locator("form[action$='/confirm'] button").click();

  await page.waitForURL("**/groups/*");
  await scripted(page, "[data-talk]");
  const shown = await messages(page);
  assert.equal(shown.length, 1, "the group has no opening, and one message that came along");
  assert.match(shown[0].words, /^Seven people, six mails/);
  await page.locator(".message .file", { hasText: "Budget 2027 v3.csv" }).waitFor();
  await page.locator(`.message .via a[href^='${budget}?at=']`).click();
  await page.waitForURL(`**${budget}?at=1#m-1`);
  await page.locator(".message.marked").waitFor();
});

test("Who wrote what comes along finds it unread in the new group, who made that does not", async () => {
  const { page } = anna;
  await david.page.goto(`${demo.url}/`);
  await scripted(david.page, "[data-groups]");
  await beginChoosing(page);
  await page.locator("[data-log] .message:not([data-removed])", { has: page.locator(".author", { hasText: "David Okafor" }) }).last().locator(":scope > .pick").press("Space");
  await bar(page).locator("button").first().click();
  await page.waitForURL("**/drafts/*-*");
  await edit(page);
  await page.locator(".topic-input").fill("What David said");
  await makeGroup(page);
  const row = ({ page }) => page.locator(".group-row", { hasText: "What David said" });
  await row(david).locator(".author", { hasText: "David Okafor" }).waitFor();
  assert.equal(await row(david).locator("[data-count]").innerText(), "1");
  assert.ok(await row(anna).locator(".count").isHidden());
});

test("Both groups of a family lead to each other", async () => {
  const { page } = anna;
  await page.goto(`${demo.url + budget}/family`);
  const tree = page.locator(".tree li");
  assert.deepEqual((await tree.allInnerTexts()).map((line) => line.split(/ \(|  | Nov/)[0].trim()).slice(0, 2), ["Budget 2027: second round", "The two positions"]);
  await tree.getByRole("link", { name: "The two positions" }).click();
  await page.locator(".talk-start a", { hasText: "Budget 2027" }).click();
  await page.waitForURL(`**${budget}`);
});

test("Without script, messages are chosen on a page of their own", async () => {
  const { cookies } = await anna.context.storageState();
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: { cookies, origins: [] } });
  const page = await plain.newPage();
  await page.goto(`${demo.url + budget}/choose`);
  await page.locator(".keep [type=checkbox]").nth(1).check();
  await page.locator("main form button.main").click();
  await page.waitForURL("**/drafts/*-*");
  assert.equal(await page.locator("[data-part=chosen] .keep").count(), 1);
  await plain.close();
});
