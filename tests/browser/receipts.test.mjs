// Receipts as three people see them: the sender watches, one reads in several ways, one confirms by hand and then refuses.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, openLink, scripted, someone } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;
let wang;
let chen;
let group;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  [anna, wang, chen] = await Promise.all(["Anna Berg", "王小明", "陈思远"].map(async (name) => {
    const who = await someone(browser);
    // Every page of a browser without windows believes that it is in focus.
    await who.context.addInitScript(() => { document.hasFocus = () => sessionStorage.getItem("away") === null; });
    await openLink(who, demo.linkOf(name), `${demo.url}/`);
    return who;
  }));
  group = demo.url + await groupOf(anna, "Budget");
  for (const who of [anna, wang, chen]) await openGroup(who.page);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  for (const who of [anna, wang, chen]) assert.deepEqual(who.wrong, [], "no script failed");
});

async function openGroup(page) {
  await page.goto(group);
  await scripted(page, "[data-talk] [data-log]");
  await scripted(page, "[data-composer]");
}

const message = (page, words) => page.locator("[data-log] .message[data-seq]:not(.waiting)", { hasText: words });
const line = (page, words, counts) => message(page, words).locator(".receipt-line", { hasText: counts });
const confirming = (page, words) => message(page, words).locator("[data-confirm-reading] button");

/** How somebody stands in the panel that Anna has open. */
const stands = (name, words) => anna.page.locator("[data-drawer] .receivers .person", { hasText: name })
  .filter({ hasText: words }).waitFor();

async function ask(words) {
  const { page } = anna;
  await page.locator("label[for=composer-receipt]").click();
  await page.locator("[data-composer] [data-text]").fill(words);
  await page.locator("[data-composer] [data-text]").press("Enter");
  await message(page, words).waitFor();
}

/** Opens the panel from the message's line. */
async function showWho(words) {
  const close = anna.page.locator("[data-drawer] .panel-head button");
  if (await close.isVisible()) await close.click();
  await line(anna.page, words, "read").click();
  await anna.page.locator("[data-drawer] blockquote", { hasText: words }).waitFor();
}

/** Looks away from the page, as into another window, or back at it. */
async function look(page, isHere) {
  await page.evaluate((here) => {
    if (here) sessionStorage.removeItem("away");
    else sessionStorage.setItem("away", "");
    dispatchEvent(new Event(here ? "focus" : "blur"));
  }, isHere);
}

async function chooseIn(page, policy) {
  await page.locator(`.head a[href$="/settings"]`).click();
  await page.locator(`[data-drawer] #receipts-${policy}`).check();
  await page.locator("#save-receipts").click();
  await page.waitForFunction((id) => document.querySelector(id)?.defaultChecked, `#receipts-${policy}`);
  await page.locator("[data-drawer] .panel-head button").click();
}

test("The message of last week shows how everybody stands", async () => {
  await line(anna.page, "nobody signs anything", "3 of 7 read · 1 declined").waitFor();
  await showWho("nobody signs anything");
  await stands("David Okafor", "by answering by mail");
  await stands("李雷", "Stored until they come back");
  await stands("Maria-Fernanda", "Declined");
  await stands("Kenji Sato", "by mail");
});

test("What lies open in another window has arrived; it is read when somebody looks at it", async () => {
  await look(wang.page, false);
  await look(chen.page, false);
  await ask("First question");
  await showWho("First question");
  await stands("王小明", "Delivered");
  await line(anna.page, "First question", "0 of 7 read · 1 declined").waitFor();
  await look(wang.page, true);
  await line(anna.page, "First question", "1 of 7 read").waitFor();
  await stands("王小明", "Read");
  // Who looks on as well is told the same, in their language.
  await line(chen.page, "First question", "7 人中 1 人已读").waitFor();
  assert.equal(await anna.page.locator("#composer-receipt").isChecked(), false, "the next message asks for nothing");
});

test("What comes below the sight is not read before it is scrolled to", async () => {
  const scroller = wang.page.locator("[data-scroller]");
  // Its end is at 0.
  await scroller.evaluate((element) => element.scrollTo(0, -element.scrollHeight));
  await ask("Second question");
  await showWho("Second question");
  await stands("王小明", "Delivered");
  // What was said after it has come and gone, too: the sighting had its time.
  await look(chen.page, true);
  await line(anna.page, "Second question", "1 of 7 read").waitFor();
  await stands("王小明", "Delivered");
  await scroller.evaluate((element) => element.scrollTo(0, 0));
  await line(anna.page, "Second question", "2 of 7 read").waitFor();
});

test("It is stored for who is away, arrives with them, and is read when they see it", async () => {
  await wang.page.goto("about:blank");
  await ask("Third question");
  await showWho("Third question");
  await stands("王小明", "Stored until they come back");
  await wang.page.goto(`${demo.url}/sessions`);
  await look(wang.page, false);
  await openGroup(wang.page);
  await stands("王小明", "Delivered");
  await look(wang.page, true);
  await stands("王小明", "Read");
});

test("Who confirms by hand has a button, on every page of theirs, and it alone counts", async () => {
  const second = await chen.context.newPage();
  await openGroup(second);
  await chooseIn(chen.page, "manual");
  await ask("Fourth question");
  await confirming(chen.page, "Fourth question").waitFor();
  await showWho("Fourth question");
  await stands("陈思远", "Delivered");
  await line(anna.page, "Fourth question", "1 of 7 read").waitFor();
  await confirming(second, "Fourth question").waitFor();
  await confirming(chen.page, "Fourth question").click();
  await line(anna.page, "Fourth question", "2 of 7 read").waitFor();
  await stands("陈思远", "Read");
  for (const page of [chen.page, second]) await confirming(page, "Fourth question").waitFor({ state: "hidden" });
  await second.close();
});

test("A refusal is seen at once, at what waits as well", async () => {
  await ask("Fifth question");
  await confirming(chen.page, "Fifth question").waitFor();
  await chooseIn(chen.page, "refuse");
  await line(anna.page, "Fifth question", "1 of 7 read · 2 declined").waitFor();
  await line(anna.page, "Fourth question", "2 of 7 read · 1 declined").waitFor();
  await confirming(chen.page, "Fifth question").waitFor({ state: "hidden" });
});

test("The sender reminds who has not read it, once", async () => {
  const { page } = anna;
  await showWho("Fifth question");
  await page.locator("#remind-unread").click();
  await page.locator("[data-drawer] .notice", { hasText: "4 reminders are on their way." }).waitFor();
  await page.locator("[data-drawer]", { hasText: "You can do it again at" }).waitFor();
  assert.equal(await page.locator("#remind-unread").count(), 0);
  await stands("David Okafor", "reminded");
});

test("Without script the page asks, shows and confirms as well", async () => {
  const { cookies } = await anna.context.storageState();
  const plain = await browser.newContext({ javaScriptEnabled: false, locale: "en-US" });
  await plain.addCookies(cookies);
  const page = await plain.newPage();
  await page.goto(group);
  await page.locator("#composer-receipt").check();
  await page.locator("[data-composer] [data-text]").fill("Asked by a plain form");
  await page.locator("[data-composer] button:not([type=button])").last().click();
  await line(page, "Asked by a plain form", "of 7 read · 2 declined").click();
  await page.getByRole("heading", { name: "Not read yet" }).waitFor();
  await page.locator("#remind-unread").click();
  await page.getByRole("status").filter({ hasText: "on their way" }).waitFor();
  await plain.close();
});
