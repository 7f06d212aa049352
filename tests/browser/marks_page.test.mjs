// The Marks page in a browser: what is chosen comes in the place of the list, an action is ticked off there, and a phone
// shows the choices when they are asked for.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { member, scripted } from "./people.mjs";
import { startDemo } from "./program.mjs";

test("What was marked is found, ticked off and printed", async (context) => {
  const demo = await startDemo();
  context.after(demo.stop);
  const browser = await openBrowser();
  context.after(() => browser.close());
  const { page } = await member(browser, demo, "Anna Berg");
  const group = await page.locator("a[href^='/groups/']:has-text('Budget')").first().getAttribute("href");
  await page.goto(demo.url + group);
  const seqs = await page.locator("[data-log] .message[data-seq]").evaluateAll((all) => all.map((one) => one.dataset.seq));
  await mark(page, group, { seq: seqs[0], tag: "decision", topic: "Browser" });
  await mark(page, group, { seq: seqs[1], tag: "action", topic: "Browser", due: "2026-01-31" });

  await page.goto(`${demo.url}${group}/marks?topic=browser`);
  await scripted(page, "[data-marks-page]");
  const lines = page.locator(".mark-line");
  await page.waitForFunction(() => document.querySelectorAll(".mark-line").length === 2);

  await context.test("A choice comes in the place of the list, and the way back works", async () => {
    await page.locator(".facet .choice", { hasText: "Decision" }).click();
    await page.waitForURL("**tag=decision**");
    await page.waitForFunction(() => document.querySelectorAll(".mark-line").length === 1);
    assert.match(await page.locator("[data-told]").textContent(), /^1 mark$/);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-current")), "true");
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll(".mark-line").length === 2);
  });

  await context.test("An action that is overdue is ticked off in its place", async () => {
    assert.equal(await page.locator(".task.overdue").count(), 1);
    await page.locator("form[data-tick] button").click();
    await page.locator(".mark-line[data-done]").waitFor();
    assert.equal(await page.locator(".task.overdue").count(), 0);
    assert.equal(await lines.count(), 2, "the page stays where it was");
  });

  await context.test("What others mark comes by itself, and the keyboard and what is typed stay where they are", async () => {
    const wang = await member(browser, demo, "王小明");
    await page.locator("#view-name").fill("Half a na");
    await lines.first().getByRole("link", { name: "Change" }).focus();
    await mark(wang.page, group, { seq: seqs[2], tag: "risk", topic: "Browser" });
    await page.waitForFunction(() => document.querySelectorAll(".mark-line").length === 3);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Change");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".mark-line") === document.querySelectorAll(".mark-line")[1]), true, "the same line");
    assert.equal(await page.locator("#view-name").inputValue(), "Half a na");
    await wang.page.goto(`${demo.url}/marks?topic=browser`);
    await scripted(wang.page, "[data-marks-page]");
    const risk = wang.page.locator(".mark-line").first().locator(".mark-foot a[href*='/marks/']");
    await send(wang.page, `${await risk.getAttribute("href")}/remove`, {});
    await wang.page.waitForFunction(() => document.querySelectorAll(".mark-line").length === 2);
    await page.waitForFunction(() => document.querySelectorAll(".mark-line").length === 2);
    await wang.page.locator("[aria-labelledby=facet-marks-group] .choice", { hasText: "Budget" }).click();
    await wang.page.waitForURL(`**${group}/marks?topic=browser`);
    await wang.page.context().close();
  });

  await context.test("It is printed without what is for the screen", async () => {
    await page.evaluate(() => { window.print = () => { window.printed = true; }; });
    await page.locator("[data-print]").click();
    await page.waitForFunction(() => window.printed);
    await page.emulateMedia({ media: "print" });
    assert.deepEqual(await page.locator(".side, .facets, [data-print], .mark-line form").evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.className)), []);
    assert.ok(await lines.first().isVisible());
    await page.emulateMedia({ media: "screen" });
  });

  await context.test("What is ticked becomes a share, or all that is shown", async () => {
    const share = page.locator(".choose-bar button");
    assert.equal(await share.innerText(), "Share all of these");
    await lines.first().locator(".pick").check();
    assert.equal(await share.innerText(), "Share what is chosen");
    await share.click();
    await page.waitForURL("**/shares/*");
    assert.equal(await page.locator("[data-items] > li").count(), 1);
    await page.goBack();
    await scripted(page, "[data-marks-page]");
    await page.locator("[data-choose-all]").check();
    await page.locator("[data-choose-all]").uncheck();
    await share.click();
    await page.waitForURL("**/shares/*");
    assert.equal(await page.locator("[data-items] > li").count(), 2);
    await page.goBack();
    await scripted(page, "[data-marks-page]");
  });

  await context.test("A phone shows the choices when they are asked for", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await page.locator(".facets").isVisible(), false);
    await page.locator(".to-filter").click();
    await page.locator(".facets").waitFor({ state: "visible" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
    await page.locator(".facet .choice", { hasText: "Decision" }).click();
    await page.locator(".facets").waitFor({ state: "hidden" });
  });
});

/** As the form to mark sends it. */
function mark(page, group, fields) {
  return send(page, `${group}/marks`, fields);
}

async function send(page, path, fields) {
  const status = await page.evaluate(
    async ([path, form]) => (await fetch(path, { method: "POST", body: new URLSearchParams(form), headers: { Accept: "application/json" } })).status,
    [path, fields],
  );
  assert.equal(status, 200);
}
