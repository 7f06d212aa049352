// Files in the browser: dropped, pasted, several at once, over a line that breaks; found again in the panel, and the same
// on another device.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { member, say, scripted, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

/** As large as a file may be, in bytes. */
const SIZE = 50_000_000;
/** Where the line breaks. */
const MIDDLE = SIZE / 3;

let demo;
let browser;
let anna;
let wang;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  anna = await member(browser, demo, "Anna Berg");
  wang = await member(browser, demo, "王小明");
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual([...anna.wrong, ...wang.wrong], [], "no script failed");
});

async function open({ page }, topic) {
  await page.goto(`${demo.url}/`);
  await page.locator("a[href^='/groups/']", { hasText: topic }).first().click();
  await page.waitForURL("**/groups/*");
  await scripted(page, "[data-composer]");
  return new URL(page.url()).pathname;
}

const card = (page, name) => page.locator("[data-uploads] .upload", { hasText: name });
const isThere = (upload) => upload.locator("progress[hidden]").waitFor({ state: "attached" });
const message = (page, words) => page.locator("[data-log] .message:not(.waiting)", { hasText: words });
const drawer = (page) => page.locator("[data-drawer]");

/** Drops a file of noise on the discussion, and says its digest. */
function drop(page, name, size) {
  return page.evaluate(async ([name, size]) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name));
    const zone = document.querySelector("[data-zone=talk]");
    for (const type of ["dragenter", "dragover", "drop"]) {
      zone.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }, [name, size]);
}

async function digestOf(path) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

/** Breaks the line once the parts have come so far. The part arrives, but its answer is lost. */
async function breakAt({ page, context }, middle) {
  const offsets = [];
  let isBroken = false;
  await page.route("**/uploads/*", async (route, request) => {
    if (request.method() !== "PATCH") return route.continue();
    const offset = Number(request.headers()["upload-offset"]);
    offsets.push(offset);
    if (offset < middle || isBroken) return route.continue();
    isBroken = true;
    await route.fetch();
    await context.setOffline(true);
    await route.abort();
  });
  return offsets;
}

test("50 MB go on after a lost connection, and are the same in another browser", async () => {
  const { page, context } = anna;
  await open(anna, "Budget");
  await open(wang, "Budget");
  const offsets = await breakAt(anna, MIDDLE);
  const digest = await drop(page, "Survey of the site.bin", SIZE);
  const upload = card(page, "Survey of the site.bin");
  await upload.locator(".why", { hasText: "Waits for the connection" }).waitFor();
  const shown = await upload.locator("progress").evaluate((progress) => progress.value);
  assert.ok(shown > 0.1 && shown < 0.9, `in the middle: ${shown}`);
  const before = offsets.length;
  await context.setOffline(false);
  await isThere(upload);
  await page.unroute("**/uploads/*");
  assert.ok(offsets.length > before, "it went on");
  assert.deepEqual(offsets, [...new Set(offsets)].sort((a, b) => a - b), "nothing that had arrived was sent again");
  await say(page, "The whole survey");

  // Live in the other browser, which asks nobody for it again.
  const file = message(wang.page, "The whole survey").locator(".file");
  await file.waitFor();
  const saved = wang.page.waitForEvent("download");
  await file.locator("a[download]").click();
  const download = await saved;
  assert.equal(download.suggestedFilename(), "Survey of the site.bin");
  assert.equal(await digestOf(await download.path()), digest);
  await file.locator("a[data-panel]").click();
  await drawer(wang.page).locator(`code[title="${digest}"]`).waitFor();
});

test("Several go up side by side; one is cancelled, the others are sent", async () => {
  const { page } = anna;
  await open(anna, "Budget");
  const begun = [];
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await page.route("**/uploads/*", async (route, request) => {
    if (request.method() === "PATCH") {
      begun.push(request.url());
      await released;
    }
    await route.continue().catch(() => {}); // Cancelled meanwhile.
  });
  const names = ["one.txt", "two.txt", "three.txt", "four.txt"];
  await page.locator("#composer-files").setInputFiles(
    names.map((name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(`This is ${name}`) })));
  await until("three are under way", () => begun.length === 3);
  assert.equal(await page.locator("[data-uploads] .upload").count(), 4);
  const cancelled = page.waitForRequest((request) => request.method() === "DELETE");
  await card(page, "two.txt").getByRole("button", { name: "Cancel: two.txt" }).click();
  await cancelled;
  await until("the fourth has its turn", () => begun.length === 4);
  release();
  for (const name of ["one.txt", "three.txt", "four.txt"]) await isThere(card(page, name));
  await page.unroute("**/uploads/*");
  await say(page, "Three of four");
  const sent = message(page, "Three of four").locator(".file bdi");
  assert.deepEqual(await sent.allInnerTexts(), ["one.txt", "three.txt", "four.txt"]);
});

test("A picture is pasted, and stands in the message", async () => {
  const { page } = anna;
  await open(anna, "Budget");
  await page.locator("[data-composer] [data-text]").evaluate(async (field) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([blob], "image.png", { type: "image/png" }));
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await isThere(card(page, "image.png"));
  await say(page, "As I see it");
  await loaded(message(page, "As I see it").locator(".picture img"), [300, 200]);
});

async function loaded(picture, size) {
  await picture.scrollIntoViewIfNeeded();
  const shown = () => picture.evaluate((one) => one.complete && one.naturalWidth && [one.naturalWidth, one.naturalHeight]);
  assert.deepEqual(await until("the picture is shown", shown), size);
}

test("What is refused says why, and holds up nothing", async () => {
  const { page } = anna;
  await open(anna, "Budget");
  await page.locator("#composer-files").setInputFiles([
    { name: "nothing.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) },
    { name: "game.exe", mimeType: "text/plain", buffer: Buffer.from("MZ") },
    { name: "holiday.jpg", mimeType: "image/jpeg", buffer: Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)]) },
    { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("a note") },
  ]);
  await drop(page, "film.bin", SIZE + 1);
  await page.locator(".upload.failed", { hasText: "film.bin" }).locator(".why", { hasText: "too large" }).waitFor();
  await page.locator(".upload.failed", { hasText: "nothing.txt" }).locator(".why", { hasText: "empty" }).waitFor();
  for (const name of ["game.exe", "holiday.jpg"]) {
    await page.locator(".upload.failed", { hasText: name }).locator(".why", { hasText: "exe" }).waitFor();
  }
  await isThere(card(page, "note.txt"));
  await say(page, "Only the note");
  assert.deepEqual(await message(page, "Only the note").locator(".file bdi").allInnerTexts(), ["note.txt"]);
  // Nobody is to believe that the others were sent; they go when they are taken away, and with no message.
  assert.equal(await page.locator(".upload").count(), 4);
  assert.equal(await page.locator(".upload.failed").count(), 4);
  await page.locator("[data-composer] [data-text]").press("Enter");
  await say(page, "Nothing else");
  assert.equal(await message(page, "Nothing else").locator("[data-file]").count(), 0);
  for (const name of ["nothing.txt", "game.exe", "holiday.jpg", "film.bin"]) {
    await card(page, name).getByRole("button", { name: `Cancel: ${name}` }).click();
  }
  assert.equal(await page.locator(".upload").count(), 0);
});

test("The panel shows a file that comes, until its message is removed, and keeps its filter", async () => {
  await open(wang, "Budget");
  await wang.page.locator(`.head a[href$="/files"]`).click();
  const line = drawer(wang.page).locator(".file-line", { hasText: "live.txt" });
  const filtered = wang.page.waitForResponse((answer) => answer.url().includes("kind=documents"));
  await drawer(wang.page).locator("#files-kind").waitFor();
  await scripted(wang.page, "[data-drawer]");
  await drawer(wang.page).locator("#files-kind").selectOption("documents");
  await (await filtered).finished();
  await drawer(wang.page).locator(".file-line", { hasText: "note.txt" }).waitFor();
  const { page } = anna;
  await open(anna, "Budget");
  await page.locator("#composer-files").setInputFiles([{ name: "live.txt", mimeType: "text/plain", buffer: Buffer.from("live") }]);
  await isThere(card(page, "live.txt"));
  await say(page, "It comes and goes");
  await line.waitFor();
  assert.equal(await drawer(wang.page).locator("#files-kind").inputValue(), "documents");
  const seq = await message(page, "It comes and goes").getAttribute("data-seq");
  const path = `${new URL(page.url()).pathname}/messages/${seq}/remove`;
  const answer = await anna.context.request.post(demo.url + path, { headers: { Origin: demo.url } });
  assert.ok(answer.ok(), `${path}: ${answer.status()}`);
  await line.waitFor({ state: "detached" });
});

test("A photograph stands upright and does not tell where it was taken", async () => {
  const { page } = wang;
  await open(wang, "华东");
  await page.locator(`.head a[href$="/files"]`).click();
  await drawer(page).locator(".file-line", { hasText: "IMG_2041.jpg" }).click();
  const picture = drawer(page).locator(".preview img");
  await loaded(picture, [750, 1000]);
  const saved = page.waitForEvent("download");
  await drawer(page).locator("a[download]").click();
  const bytes = await readFile(await (await saved).path());
  const taken = await readFile(new URL("../../src/demo/gate.jpg", import.meta.url));
  // A degree of latitude, as cameras write it: 31/1.
  const place = Buffer.from([0x1c, 0x0c, 0, 0, 100, 0, 0, 0]);
  assert.ok(taken.includes(place) && !bytes.includes(place));
});

test("Sound is played and a PDF is shown beside the discussion", async () => {
  const { page } = anna;
  await open(anna, "Third floor");
  await message(page, "bell").locator(".file a[data-panel]").click();
  const sound = drawer(page).locator("audio");
  await sound.waitFor();
  const duration = () => sound.evaluate((one) => Number.isFinite(one.duration) && Math.round(one.duration));
  assert.equal(await until("its length is known", duration), 2);
  await open(anna, "Budget");
  await page.locator(`.head a[href$="/files"]`).click();
  await drawer(page).locator(".file-line", { hasText: "报价单" }).click();
  await drawer(page).locator("iframe.preview").waitFor();
});

test("The panel is used with the keyboard alone", async () => {
  const { page } = anna;
  await open(anna, "Budget");
  const button = page.locator(`.head a[href$="/files"]`);
  await button.focus();
  await page.keyboard.press("Enter");
  await page.locator("[data-drawer] h2:focus").waitFor();
  const all = await drawer(page).locator(".file-line").count();
  await tabTo(page, "#files-kind");
  await page.keyboard.type("Pic");
  await until("only pictures", async () => {
    const names = await drawer(page).locator(".file-line b").allInnerTexts();
    return names.length > 0 && names.length < all && names.every((name) => /\.png$/.test(name));
  });
  assert.equal(await page.evaluate(() => document.activeElement.id), "files-kind", "the place is kept");
  await tabTo(page, ".file-line");
  await page.keyboard.press("Enter");
  await drawer(page).locator(".entry h3", { hasText: "image.png" }).waitFor();
  await page.locator("[data-drawer] h2:focus").waitFor();
  // From the entry to the message in its place.
  await tabTo(page, ".uses a");
  await page.keyboard.press("Enter");
  await message(page, "As I see it").waitFor();
  await tabTo(page, "[data-drawer] a");
  await page.keyboard.press("Escape");
  await drawer(page).waitFor({ state: "hidden" });
});

async function tabTo(page, selector) {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`not reached with Tab: ${selector}`);
}
