// Chosen messages become a page: prepared with every change saved, seen by readers without script, recalled at once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, scripted, until } from "./people.mjs";
import { SIZES } from "./places.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;
let budget;
let share;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  anna = await member(browser, demo, "Anna Berg");
  budget = await groupOf(anna, "Budget");
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual(anna.wrong, [], "no script failed");
});

const saved = (page) => page.locator("[data-saved-state][data-state=saved]").waitFor();
const order = (page) => page.locator("[data-items] > [data-item]").evaluateAll((items) => items.map((item) => item.dataset.item).join());
const hasOrder = (page, wanted) => until(`the order is ${wanted}`, async () => (await order(page)) === wanted);
const preview = (page) => page.frameLocator("[data-preview]").locator("body");

async function open(page, path) {
  await page.goto(demo.url + path);
  await scripted(page, "[data-share]");
}

test("Messages that are chosen in the discussion become a share", async () => {
  const { page } = anna;
  await page.setViewportSize(SIZES.wide);
  await page.goto(demo.url + budget);
  await scripted(page, ".talk[data-talk]");
  const first = page.locator("[data-log] .message[data-seq]").nth(0);
  await first.hover();
  await scripted(page, "[data-message-tools]");
  await first.click({ button: "right" });
  await page.locator(".message-menu [data-do=choose]").click();
  await first.locator(":scope > .pick:checked").waitFor();
  for (const n of [1, 2]) await page.locator("[data-log] .message > .pick").nth(n).press("Space");
  await page.locator("[data-choosing] button:not([formaction], [type])").click();
  await page.waitForURL("**/shares/*-*");
  share = new URL(page.url()).pathname;
  await scripted(page, "[data-share]");
  assert.equal(await order(page), "1,2,3");
});

test("What is typed is saved by itself, and the preview is the mail", async () => {
  const { page } = anna;
  await page.locator("[name=title]").fill("Where we stand");
  await page.locator("textarea[name=note]").fill("Please read **this**.");
  await saved(page);
  await preview(page).getByText("Where we stand").first().waitFor();
  assert.equal(await preview(page).locator("strong", { hasText: "this" }).count(), 1);
  await open(page, share);
  assert.equal(await page.locator("[name=title]").inputValue(), "Where we stand");
  assert.equal(await page.locator("textarea[name=note]").inputValue(), "Please read **this**.");
});

test("Two windows lose nothing of what was typed in either", async () => {
  const { page, context } = anna;
  const other = await context.newPage();
  await open(other, share);
  await page.locator("textarea[name=note]").fill("From the first window");
  await saved(page);
  await other.locator("textarea[name=note]").fill("From the second window");
  await other.locator("[data-problem] .kept-text", { hasText: "From the first window" }).waitFor();
  assert.equal(await other.locator("textarea[name=note]").inputValue(), "From the second window");
  await other.locator("[data-problem] button").first().click();
  await saved(other);
  await open(page, share);
  assert.equal(await page.locator("textarea[name=note]").inputValue(), "From the second window");
  await other.close();
});

test("Items come into another order by keyboard and by dragging, and what is taken out comes back", async () => {
  const { page } = anna;
  await page.locator("#down-1").focus();
  await page.keyboard.press("Enter");
  await hasOrder(page, "2,1,3");
  await until("the focus stays with the item", () => page.evaluate(() => document.activeElement.id === "down-1"));
  await page.keyboard.press("Enter");
  await hasOrder(page, "2,3,1");
  await until("and does not get lost at the end", () => page.evaluate(() => Boolean(document.activeElement.closest("#i-1"))));

  const grip = page.locator("#i-1 [data-grip]");
  await grip.scrollIntoViewIfNeeded();
  const from = await grip.boundingBox();
  const saving = page.waitForResponse((answer) => answer.url().endsWith("/order"));
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  const target = await page.locator("#i-2").boundingBox();
  await page.mouse.move(from.x + 5, target.y + 8, { steps: 8 });
  await page.mouse.up();
  assert.equal((await saving).status(), 200);
  await hasOrder(page, "1,2,3");

  await page.locator("#out-2").click();
  await page.locator("#back-2").waitFor();
  await page.locator("#before-3").selectOption("1");
  await saved(page);
  await page.locator("#back-2").click();
  await page.locator("#out-2").waitFor();
  await open(page, share);
  await hasOrder(page, "1,2,3");
  assert.equal(await page.locator("#before-3").inputValue(), "1");
});

test("A published page opens for strangers without script, asks nobody else, and closes at once", async () => {
  const { page } = anna;
  await page.locator("[name=access][value=link]").check();
  await page.locator("[data-access] button").click();
  await saved(page);
  await page.locator("#publish").click();
  const link = await page.locator(".share-link a").getAttribute("href");
  const outside = await browser.newContext({ javaScriptEnabled: false });
  const reader = await outside.newPage();
  const foreign = [];
  reader.on("request", (request) => { if (!request.url().startsWith(demo.url)) foreign.push(request.url()); });
  await reader.goto(link);
  assert.equal(await reader.locator("h1").innerText(), "Where we stand");
  assert.ok((await reader.locator(".entry").count()) >= 3);
  assert.deepEqual(foreign, []);
  // The page to be kept: whole without us.
  const keeps = await reader.locator(".sheet-kept a").evaluateAll((all) => all.map((one) => one.href));
  assert.deepEqual(keeps.map((address) => address.split(".").at(-1)), ["pdf", "html", "md"]);
  for (const address of keeps) {
    const kept = await outside.request.get(address);
    assert.equal(kept.status(), 200, address);
    assert.match(kept.headers()["x-robots-tag"], /noindex/);
    assert.match(kept.headers()["content-disposition"], /^attachment/);
  }
  await page.locator(".share-state .confirm-box > summary").click();
  await page.locator(".share-state form[action$='/recall'] button").click();
  await page.locator(".share-state .chip.bad").waitFor();
  const answer = await reader.goto(link);
  assert.equal(answer.status(), 404);
  await outside.close();
});

test("A share fits a phone, its page on paper leaves out what only a screen needs", async () => {
  const { page } = anna;
  await page.setViewportSize(SIZES.narrow);
  await open(page, share);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.goto(`${demo.url + budget}/shares`);
  const link = await page.locator("a[href*='/s/']").first().getAttribute("href");
  await page.goto(link);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator(".leaf-note").isHidden());
  assert.ok(await page.locator("h1").isVisible());
  await page.emulateMedia({ media: null });
});
