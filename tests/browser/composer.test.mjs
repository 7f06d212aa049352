// Writing: Sofia mentions Tomasz, who is looking at something else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { openLink, scripted, someone, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let sofia;
let tomasz;
let group;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  [sofia, tomasz] = [await someone(browser), await someone(browser)];
  await openLink(sofia, demo.linkOf("Sofia Lindqvist"), `${demo.url}/`);
  await openLink(tomasz, demo.linkOf("Tomasz Wójcik"), `${demo.url}/`);
  group = demo.url + await sofia.page.locator("a[href^='/groups/']", { hasText: "third floor" }).first().getAttribute("href");
  await sofia.page.goto(group);
  await scripted(sofia.page, "[data-composer]");
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual([...sofia.wrong, ...tomasz.wrong], [], "no script failed");
});

const text = (page) => page.locator("[data-composer] [data-text]");
const list = (page) => page.locator(".mentionable [role=option]");
const last = (page) => page.locator("[data-log] .message:not(.waiting)").last();

test("After @ the members are offered, the keyboard chooses, and who is mentioned is told elsewhere", async () => {
  const { page } = sofia;
  const others = await tomasz.page.locator("[data-groups]").count();
  assert.equal(others, 1);
  await scripted(tomasz.page, "[data-groups]");
  await text(page).pressSequentially("Can you, @");
  await until("all others are offered", async () => (await list(page).count()) >= 4);
  assert.equal(await list(page).filter({ hasText: "Sofia" }).count(), 0, "but not oneself");
  await text(page).pressSequentially("toma");
  await until("one is left", async () => (await list(page).count()) === 1);
  const active = await text(page).getAttribute("aria-activedescendant");
  assert.equal(active, await list(page).first().getAttribute("id"), "a screen reader hears whom");
  await text(page).press("Enter");
  assert.equal(await text(page).inputValue(), "Can you, @Tomasz Wójcik ");
  assert.equal(await list(page).count(), 0);
  await text(page).pressSequentially("today?");
  await text(page).press("Enter");
  await last(page).locator(".mention", { hasText: "@Tomasz Wójcik" }).waitFor();
  const told = tomasz.page.locator("[data-toasts] a", { hasText: "Sofia Lindqvist" });
  await told.click();
  await tomasz.page.waitForURL(/\?at=\d+#m-\d+$/);
  await tomasz.page.locator(".message.marked .mention").waitFor();
  const [own, sofias] = await Promise.all([tomasz.page, page].map((each) =>
    last(each).locator(".mention").evaluate((mention) => getComputedStyle(mention).backgroundColor)));
  assert.notEqual(own, sofias, "one's own name is shown as such");
});

test("Escape closes the list and keeps what is written; a click chooses, too", async () => {
  const { page } = sofia;
  await text(page).fill("");
  await text(page).pressSequentially("@e");
  await list(page).first().waitFor();
  await text(page).press("Escape");
  assert.equal(await list(page).count(), 0);
  await text(page).pressSequentially("m");
  assert.equal(await text(page).inputValue(), "@em");
  await text(page).fill("");
  await text(page).pressSequentially("＠emma");
  await list(page).first().click();
  assert.match(await text(page).inputValue(), /^@Emma \S+ $/);
  await text(page).press("Control+z");
  assert.equal(await text(page).inputValue(), "＠emma", "undone as one step");
  await text(page).fill("");
});

test("A name that nobody has is posted, and its writer is told", async () => {
  const { page } = sofia;
  await text(page).fill("@Nobody, are you here?");
  await text(page).press("Enter");
  await page.locator("[data-toasts] .warn", { hasText: "@Nobody" }).waitFor();
  await until("it is there", async () => /@Nobody, are you here/.test(await last(page).innerText()));
  assert.equal(await last(page).locator(".mention").count(), 0);
});
