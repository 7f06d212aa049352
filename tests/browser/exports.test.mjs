// A group taken along as a file: asked for in the panel, followed there, and saved.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, scripted } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;
let group;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  anna = await member(browser, demo, "Anna Berg", { acceptDownloads: true });
  group = demo.url + await groupOf(anna, "Budget");
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual(anna.wrong, [], "no script failed");
});

async function saved(page, link) {
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test("From the settings to the file, by keyboard, without the panel being loaded anew by hand", async () => {
  const { page } = anna;
  await page.goto(group);
  await scripted(page, "[data-drawer]");
  await page.locator(".stack-link").click();
  await page.locator(`[data-drawer] nav a[href$="/settings"]`).click();
  await page.locator("#to-exports").press("Enter");
  await page.locator("#ask-mbox").press("Enter");
  const done = page.locator(`[data-drawer] [data-export-of=mbox] [data-state=done] a`);
  await done.waitFor();
  const { name, bytes } = await saved(page, done);
  assert.match(name, /^Budget.*\.mbox$/);
  assert.match(bytes.toString(), /^From \S+@\S+ \w{3} \w{3}/);
  // What goes on is in the group's log.
  await page.locator("[data-log] .event", { hasText: "exported the group for a mail program" }).waitFor();
});

test("A page of its own follows what another window asked for, and one without script works", async () => {
  const { page } = anna;
  await page.goto(`${group}/exports`);
  await scripted(page, "[data-exports]");
  const other = await anna.context.newPage();
  await other.goto(`${group}/exports`);
  await other.locator("#ask-zip").click();
  for (const one of [page, other]) await one.locator("[data-export-of=zip] [data-state=done] a").waitFor();
  const { bytes } = await saved(page, page.locator("[data-export-of=zip] [data-state=done] a"));
  assert.equal(bytes.subarray(0, 2).toString(), "PK");

  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await anna.context.storageState(), acceptDownloads: true });
  const bare = await plain.newPage();
  await bare.goto(`${group}/exports`);
  await bare.locator("#ask-mbox").click();
  const link = bare.locator("[data-export-of=mbox] [data-state=done] a");
  while (!(await link.count())) await bare.reload();
  assert.ok((await saved(bare, link)).bytes.length > 1_000);
  await plain.close();
});
