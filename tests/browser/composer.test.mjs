// Writing: Sofia mentions Tomasz, who is looking at something else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { gate, groupOf, member, scripted, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let sofia;
let tomasz;
let group;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  sofia = await member(browser, demo, "Sofia Lindqvist");
  tomasz = await member(browser, demo, "Tomasz Wójcik");
  group = demo.url + await groupOf(sofia, "third floor");
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

test("What is typed is on the other device, and what was typed there meanwhile is offered", async () => {
  const { page, context } = sofia;
  await text(page).fill("Half a sentence");
  const other = await context.newPage();
  await until("it is kept", async () => {
    await other.goto(group);
    return (await text(other).inputValue()) === "Half a sentence";
  });
  await scripted(other, "[data-composer]");
  // Another browser has no memory of this tab; the server has.
  await other.evaluate(() => sessionStorage.clear());
  const saved = other.waitForResponse((answer) => answer.url().endsWith("/unsent") && answer.request().method() === "POST");
  await text(other).fill("Half a sentence, and the rest");
  await saved;
  await text(page).fill("Half a sentence of another kind");
  const offer = page.locator("[data-other-text]");
  await offer.filter({ hasText: "and the rest" }).waitFor();
  await offer.getByRole("button").click();
  assert.equal(await text(page).inputValue(), "Half a sentence, and the rest");
  assert.match(await offer.innerText(), /of another kind/, "nothing is lost");
  await text(page).press("Enter");
  await until("it was sent", async () => /and the rest/.test(await last(page).innerText()));
  await other.reload();
  assert.equal(await text(other).inputValue(), "");
  await other.close();
});

test("On a slow network neither a late script nor a late answer takes away what is typed", async () => {
  const page = await sofia.context.newPage();
  const unsent = `${group}/unsent`;
  await page.route(unsent, (route) => route.abort());
  await page.goto(group);
  await scripted(page, "[data-composer]");
  await text(page).fill("From before");
  await until("this tab knows it", () => page.evaluate(() => Object.values(sessionStorage).includes("From before")));
  const script = gate();
  await page.route(/\/script\/unsent/, async (route) => {
    await script.opened;
    await route.continue();
  });
  await page.goto(group);
  await scripted(page, "[data-composer]");
  await text(page).fill("Newer");
  script.open();
  const offer = page.locator("[data-other-text]");
  await offer.filter({ hasText: "From before" }).waitFor();
  assert.equal(await text(page).inputValue(), "Newer");

  // What the server had is on its way to this page while it keeps what stands here.
  const answer = gate();
  await page.unroute(unsent);
  await page.route(unsent, async (route) => {
    const response = await route.fetch();
    if (route.request().method() === "GET") await answer.opened;
    await route.fulfill({ response });
  });
  const [asked, saved, told] = [
    page.waitForRequest((request) => request.url() === unsent && request.method() === "GET"),
    page.waitForResponse((response) => response.url() === unsent && response.request().method() === "POST"),
    page.waitForResponse((response) => response.url() === unsent && response.request().method() === "GET"),
  ];
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await asked;
  await text(page).fill("Newest");
  await saved;
  answer.open();
  await (await told).finished();
  await page.evaluate(async () => {
    for (let frame = 0; frame < 20; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
  assert.equal(await text(page).inputValue(), "Newest");
  await text(page).fill("");
  await page.close();
});

test("The other device shows also which message is answered, and an answer goes on there", async () => {
  const { page, context } = sofia;
  await page.goto(group);
  await scripted(page, "[data-composer]");
  const answered = (where) => where.locator("[data-answering] .answered");
  const first = page.locator("[data-log] .message[data-seq]", { hasText: "lay eight sockets" }).first();
  await first.hover();
  await scripted(page, "[data-message-tools]");
  await first.focus();
  await page.keyboard.press("r");
  await answered(page).waitFor();
  const saved = page.waitForResponse((answer) => answer.url().endsWith("/unsent") && answer.request().method() === "POST");
  await page.keyboard.type("One weekend is");
  await saved;
  const other = await context.newPage();
  await other.goto(group);
  await scripted(other, "[data-composer]");
  await other.evaluate(() => sessionStorage.clear());
  assert.match(await answered(other).innerText(), /Tomasz Wójcik[^]*lay eight sockets/);
  // Answering nothing there is known here when one comes back.
  const gone = other.waitForResponse((answer) => answer.url().endsWith("/unsent") && answer.request().method() === "POST");
  await other.locator("[data-answer-not]").click();
  await gone;
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await answered(page).waitFor({ state: "detached" });
  const same = other.locator("[data-log] .message[data-seq]", { hasText: "lay eight sockets" }).first();
  await same.hover();
  await scripted(other, "[data-message-tools]");
  await same.focus();
  await other.keyboard.press("r");
  await text(other).press("End");
  await other.keyboard.type(" enough");
  await text(other).press("Enter");
  const answer = other.locator("[data-log] .message:not(.waiting)", { hasText: "One weekend is enough" });
  await answer.locator(".answered", { hasText: "lay eight sockets" }).waitFor();
  await other.close();
});

test("Signs of Markdown come by keys and buttons, and the preview shows them", async () => {
  const { page } = sofia;
  await text(page).fill("Now or never");
  await text(page).evaluate((field) => field.setSelectionRange(0, 3));
  await text(page).press("Control+b");
  // The first press fetches the script that answers it.
  await until("the words are bold", async () => (await text(page).inputValue()) === "**Now** or never");
  await text(page).press("Control+b");
  assert.equal(await text(page).inputValue(), "Now or never", "twice is not at all");
  await page.locator("[data-toolbar-opener]").click();
  await page.locator("[data-sign=list]").click();
  assert.equal(await text(page).inputValue(), "- Now or never");
  await text(page).press("Control+z");
  assert.equal(await text(page).inputValue(), "Now or never", "undone like typing");
  await text(page).fill("**Now**, @Emma Dubois\n\n```rust\nlet a = 1;\n```");
  await text(page).press("Control+Shift+p");
  const preview = page.locator("[data-preview]");
  await preview.locator("strong", { hasText: "Now" }).waitFor();
  await preview.locator(".mention", { hasText: "Emma" }).waitFor();
  await text(page).press("Enter");
  await last(page).locator(".code-head", { hasText: "rust" }).waitFor();
  await preview.waitFor({ state: "hidden" });
  await sofia.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await last(page).locator(".code-head button").click();
  await until("the code is copied", async () => (await page.evaluate(() => navigator.clipboard.readText())) === "let a = 1;\n");
});

test("A long message is folded and opens, also by its link; one that is too long stays in the field", async () => {
  const { page } = sofia;
  const long = Array.from({ length: 80 }, (_, n) => `Line ${n + 1}`).join("\n");
  await text(page).fill(long);
  await text(page).press("Enter");
  const prose = last(page).locator(".prose");
  const button = last(page).locator(".unfold");
  await button.waitFor();
  const folded = (await prose.boundingBox()).height;
  assert.ok(folded < 450, `${folded}`);
  await button.click();
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  assert.ok((await prose.boundingBox()).height > 1000);
  await button.click();
  assert.equal(Math.round((await prose.boundingBox()).height), Math.round(folded));
  const seq = await last(page).getAttribute("data-seq");
  await page.goto(`${group}?at=${seq}#m-${seq}`);
  await scripted(page, "[data-composer]");
  assert.ok((await prose.boundingBox()).height > 1000, "whoever came for it sees all");
  await page.goto(group);
  await scripted(page, "[data-composer]");
  const book = "字".repeat(40_010);
  await text(page).fill(book);
  await page.locator("[data-count-left]", { hasText: "10 characters too many" }).waitFor();
  await text(page).press("Enter");
  assert.equal(await text(page).inputValue(), book);
  await text(page).fill("字".repeat(39_990));
  await page.locator("[data-count-left]", { hasText: "10 characters left" }).waitFor();
  await text(page).fill("");
});

test("After a look elsewhere a line shows where the new ones begin, and a button leads there", async () => {
  const { page } = tomasz;
  await page.goto(group);
  await scripted(page, "[data-composer]");
  await until("all is read", async () => !/^\(/.test(await page.title()));
  await page.evaluate(() => {
    Object.defineProperty(document, "hasFocus", { value: () => false, configurable: true });
  });
  for (let number = 1; number <= 30; number += 1) {
    await sofia.context.request.post(`${group}/messages`, { multipart: { markdown: `New ${number}\n\nand more` }, maxRedirects: 0 });
  }
  await until("they came", async () => /New 30/.test(await last(page).innerText()));
  assert.equal(await page.locator(".unread-line").count(), 1);
  await page.evaluate(() => { delete document.hasFocus; });
  await page.locator("[data-to-unread]").click();
  assert.match(await page.locator(".message.marked").innerText(), /New 1\n/);
  assert.equal(await page.locator(".unread-line + .message.marked").count(), 1);
  // Seen once, the line needs no way to it any more.
  await page.locator("[data-to-newest]").click();
  await page.locator("[data-to-newest]").waitFor({ state: "hidden" });
  assert.ok(await page.locator("[data-to-unread]").isHidden());
});

test("? shows the keys, they work, and single ones can be switched off", async () => {
  const { page } = tomasz;
  await page.locator("main").focus();
  await page.keyboard.press("?");
  const dialog = page.locator("dialog.keys-dialog");
  await dialog.waitFor();
  assert.ok((await dialog.locator("kbd").count()) > 30);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.keyboard.press("c");
  assert.ok(await text(page).evaluate((field) => field === document.activeElement));
  await page.keyboard.type("?c");
  assert.equal(await text(page).inputValue(), "?c", "in a field they are letters");
  await text(page).fill("");
  await page.goto(`${demo.url}/keys`);
  await scripted(page, "[data-single-keys]");
  await page.locator("[data-single-keys]").uncheck();
  await page.locator("main").focus();
  await page.keyboard.press("?");
  await page.keyboard.press("Alt+ArrowDown");
  await page.waitForURL(/\/groups\//);
  assert.equal(await dialog.count(), 0);
  await page.goto(`${demo.url}/keys`);
  await scripted(page, "[data-single-keys]");
  assert.equal(await page.locator("[data-single-keys]").isChecked(), false, "it is remembered");
});
