// Every page of mailmoot as the demo has it, for whoever looks at all of them.
import { PATIENCE, beginDraft, edit, openLink, scripted } from "./people.mjs";

export const SIZES = { wide: { width: 1360, height: 860 }, narrow: { width: 390, height: 844 } };
export const LANGUAGES = { en: "en", zh: "zh-CN" };

/** Signs Anna in, and finds every place by a first visit. A place is a path, who goes there, and what is done there. */
export async function everyPlace(demo, anna) {
  await openLink(anna, demo.linkOf("Anna Berg"), `${demo.url}/`);
  const { page } = anna;
  const href = (selector) => page.locator(selector).first().getAttribute("href");
  const group = await href("a[href^='/groups/']:has-text('Budget')");
  const chinese = await href("a[href^='/groups/']:has-text('华东')");
  const draft = await href("a[href^='/drafts/']:has-text('Audit')");
  const entries = await everyKindOfFile(page, demo);
  await page.goto(`${demo.url}/mail-desk/david.okafor@corp.example`);
  const mail = await href("a.mail-row:has-text('Budget')");
  await page.goto(`${demo.url}${mail}/html`);
  const often = new URL(await href("a[href*='/mails/']")).pathname;
  await page.goto(demo.url + chinese);
  const mark = await href("a.mark-chip:has-text('装车')");
  const spunOff = await goOn(page, demo, group);
  const shares = await everyShare(page, demo, { group, chinese });
  // Anna goes on editing it in this window of hers.
  await beginDraft(page, demo.url);
  const blank = new URL(page.url()).pathname;
  return [
    { name: "home", path: "/" },
    { name: "menu", path: "/", act: openMenu },
    { name: "discussion", path: group },
    { name: "discussion2", path: chinese },
    { name: "members", path: group, act: openMembers },
    { name: "members-page", path: `${group}/members` },
    { name: "group-settings", path: group, act: openSettings },
    { name: "group-qr", path: `${group}/settings`, act: openQr },
    { name: "family", path: `${chinese}/family` },
    { name: "exports", path: group, act: openExports },
    { name: "exports-page", path: `${chinese}/exports` },
    { name: "choose", path: `${group}/choose` },
    { name: "choosing", path: group, act: chooseMessages },
    { name: "draft-chosen", path: spunOff },
    ...shares,
    { name: "files", path: group, act: openFiles },
    { name: "files-page", path: `${group}/files` },
    ...entries,
    { name: "marks", path: `${group}/marks` },
    { name: "marks-everywhere", path: "/marks" },
    { name: "marks-none", path: "/marks?tag=nothing&when=this-week" },
    { name: "settings", path: "/settings" },
    { name: "settings-device", path: "/settings", act: takeNotices },
    { name: "search", path: "/search" },
    { name: "search-found", path: "/search?q=the" },
    { name: "search-none", path: "/search?q=from%3Anobody%20before%3Asoon" },
    { name: "search-panel", path: group, act: searchHere },
    { name: "receipts", path: group, act: openReceipts },
    { name: "receipts-page", path: `${group}/messages/9/receipts` },
    { name: "jump", path: `${group}?at=3#m-3`, act: openJump },
    { name: "message", path: `${group}/messages/2` },
    { name: "message-menu", path: group, act: openMessageMenu },
    { name: "message-answer", path: group, act: answerMessage },
    { name: "message-remove", path: group, act: askToRemove },
    { name: "mark-dialog", path: group, act: beginToMark },
    { name: "mark-new", path: `${chinese}/marks/new?seq=2` },
    { name: "mark", path: mark },
    { name: "tags", path: `${group}/tags`, act: changeTag },
    { name: "pins", path: `${group}/pins` },
    { name: "message-react", path: group, act: chooseEmoji },
    { name: "upload", path: group, act: pickFile },
    { name: "mention", path: group, act: callSomebody },
    { name: "preview", path: group, act: preview },
    { name: "keys", path: "/keys" },
    { name: "keys-dialog", path: group, act: showKeys },
    { name: "draft", path: draft },
    { name: "draft-edit", path: draft, act: edit },
    { name: "draft-add", path: draft, act: addMember },
    { name: "draft-discard", path: draft, act: discard },
    { name: "draft-elsewhere", path: blank },
    { name: "threads", path: "/threads" },
    { name: "new-group", path: "/drafts/new" },
    { name: "sessions", path: "/sessions" },
    { name: "ledger", path: "/admin/ledger" },
    { name: "not-found", path: "/groups/nothing" },
    { name: "sign-in", path: "/sign-in", signedOut: true },
    { name: "sign-in-waiting", path: "/sign-in/waiting?address=anna.berg%40corp.example", signedOut: true },
    { name: "link", path: new URL(demo.linkOf("David Okafor")).pathname, signedOut: true },
    { name: "link-gone", path: `/l/${"a".repeat(26)}`, signedOut: true },
    { name: "often", path: often, signedOut: true },
    { name: "often-gone", path: `/mails/${"a".repeat(26)}`, signedOut: true },
    { name: "mail-desk", path: "/mail-desk", signedOut: true },
    { name: "mailbox", path: "/mail-desk/david.okafor@corp.example", signedOut: true },
    { name: "mail", path: mail, signedOut: true },
    { name: "mail-reply", path: `${mail}/reply#write`, signedOut: true },
  ];
}

/** Two browsers of one kind: Anna's, and one of somebody who is not signed in. `prepare` is given each. */
export async function visitors(browser, anna, options, prepare = () => {}) {
  const { cookies } = await anna.context.storageState();
  // The language of the browser decides, not the one that somebody has chosen.
  const kept = cookies.filter((cookie) => cookie.name !== "moot_language");
  const inside = await browser.newContext({ ...options, storageState: { cookies: kept, origins: [] } });
  const outside = await browser.newContext(options);
  for (const context of [inside, outside]) {
    context.setDefaultTimeout(PATIENCE);
    await prepare(context);
  }
  const pages = { inside: await inside.newPage(), outside: await outside.newPage() };
  return {
    /** Opens a place and does there what is to be done. */
    async open(demo, place) {
      const page = place.signedOut ? pages.outside : pages.inside;
      await page.goto(demo.url + place.path, { waitUntil: "load" });
      // The last of the page's behaviours has taken hold, and with it all others.
      await page.waitForFunction(() => [...document.querySelectorAll("[data-scrolls], .prose pre")].every((box) => box.attached));
      await place.act?.(page);
      return page;
    },
    close: () => Promise.all([inside.close(), outside.close()]),
  };
}

async function openMenu(page) {
  await page.locator("details.me > summary").click();
  await page.locator("details.me .menu").waitFor();
}

/** The form with all its fields. */
async function beginToMark(page) {
  await pressOnMessage(page, "t", "dialog.mark-dialog");
  await page.locator(".tag-choice:has([value=action])").click();
  await page.locator(".mark-form [name=piece][value=passage]").check();
}

async function changeTag(page) {
  await page.locator(".tag-list summary").last().click();
}

async function openMembers(page) {
  await scripted(page, "[data-drawer]");
  await page.locator(".stack-link").click();
  await page.locator("[data-drawer] .people").waitFor();
}

/** A file's entry of each kind that the demo has. */
async function everyKindOfFile(page, demo) {
  const groups = await page.locator("a.group-row[href^='/groups/']").evaluateAll((all) => all.map((row) => row.getAttribute("href")));
  const places = [];
  for (const group of groups) {
    await page.goto(`${demo.url}${group}/files`);
    const files = await page.locator(".file-line").evaluateAll((all) => all.map((line) => [line.innerText, line.getAttribute("href")]));
    for (const [name, path] of files) places.push({ name: `file-${name.match(/\.(\w+)/)[1]}`, path });
  }
  return [...new Map(places.map((place) => [place.name, place])).values()];
}

async function openFiles(page) {
  await scripted(page, "[data-drawer]");
  await page.locator(".stack-link").click();
  await page.locator(`[data-drawer] nav a[href$="/files"]`).click();
  await page.locator("[data-drawer] .file-line").first().waitFor();
}

async function openExports(page) {
  await openSettings(page);
  await page.locator("[data-drawer] #to-exports").click();
  await page.locator("[data-drawer] #ask-zip").waitFor();
}

async function openSettings(page) {
  await scripted(page, "[data-drawer]");
  // A phone's head has no room for it; every panel leads to all others.
  await page.locator(".stack-link").click();
  await page.locator(`[data-drawer] nav a[href$="/settings"]`).click();
  await page.locator("[data-drawer] .setting").first().waitFor();
}

async function chooseMessages(page) {
  await scripted(page, "[data-drawer]");
  await page.locator(".stack-link").click();
  await page.locator("[data-drawer] a[href$='/family']").click();
  await page.locator("a[data-choose-open]").click();
  await page.locator(".message > .pick").last().press("Space");
}

/** A draft with a message of a group. */
async function goOn(page, demo, group) {
  await page.goto(`${demo.url + group}/choose`);
  await page.locator(".keep [type=checkbox]").first().check();
  await page.locator("main form button.main").click();
  await page.waitForURL("**/drafts/*-*");
  return new URL(page.url()).pathname;
}

/** A share in each of its states, for the one who makes it and for those who read it. */
async function everyShare(page, demo, { group, chinese }) {
  const linkOf = () => page.locator("a[href*='/s/']").first().getAttribute("href").then((link) => new URL(link).pathname);
  const begin = async () => {
    await page.goto(`${demo.url + group}/choose`);
    for (const box of (await page.locator(".keep [type=checkbox]").all()).slice(0, 3)) await box.check();
    await page.locator("main form button[formaction$='/shares']").click();
    await page.waitForURL("**/shares/*-*");
    return new URL(page.url()).pathname;
  };
  const send = (path, fields) => page.evaluate(([path, fields]) => fetch(path, { method: "POST", body: new URLSearchParams(fields) }).then(() => {}), [path, fields]);
  await page.goto(`${demo.url + chinese}/shares`);
  const chinesePage = await linkOf();
  await page.goto(`${demo.url + group}/shares`);
  const open = await linkOf();
  const out = await page.locator("a[href^='/shares/']").first().getAttribute("href");
  const locked = await begin();
  await send(`${locked}/access`, { access: "link", lasts: "30", password: "blue gate 7" });
  await send(`${locked}/publish`, {});
  await page.goto(demo.url + locked);
  const lockedPage = await linkOf();
  const draft = await begin();
  return [
    { name: "shares", path: `${group}/shares` },
    { name: "shares-panel", path: group, act: openShares },
    { name: "share-draft", path: draft },
    { name: "share-out", path: out },
    { name: "share-mail", path: `${out}/mail` },
    { name: "share-recall", path: out, act: askToRecall },
    { name: "share-page-own", path: open },
    { name: "share-page", path: `${open}?v=0`, signedOut: true },
    { name: "share-page-chinese", path: chinesePage, signedOut: true },
    { name: "share-locked", path: lockedPage, signedOut: true },
    { name: "share-closed", path: `/s/${"a".repeat(26)}`, signedOut: true },
    { name: "audit", path: "/admin/audit" },
    { name: "admin-settings", path: "/admin/settings" },
    { name: "admin-settings-mail", path: "/admin/settings/mail" },
    { name: "admin-settings-limits", path: "/admin/settings/limits" },
    { name: "admin-settings-history", path: "/admin/settings/history" },
    { name: "admin-check", path: "/admin/check" },
    { name: "directory", path: "/admin/directory?q=a" },
    { name: "directory-import", path: "/admin/directory/import" },
  ];
}

async function openShares(page) {
  await scripted(page, "[data-drawer]");
  await page.locator(".stack-link").click();
  await page.locator(`[data-drawer] nav a[href$="/shares"]`).click();
  await page.locator("[data-drawer] .share-line").first().waitFor();
}

async function askToRecall(page) {
  await page.locator(".share-state details.confirm-box > summary").click();
  await page.locator(".share-state details.confirm-box form").waitFor();
}

async function searchHere(page) {
  await scripted(page, "[data-drawer]");
  await page.locator(".head a[href$='/search']").click();
  await scripted(page, "[data-drawer] [data-search]");
  await page.locator("[data-drawer] input[type=search]").fill("the");
  await page.locator("[data-drawer] .hit").first().waitFor();
}

async function openQr(page) {
  await page.locator("details.qr > summary").click();
  await page.waitForFunction(() => document.querySelector("details.qr img").naturalWidth > 0);
}

/** As a browser that has a push service: any point of the curve will do for a key, such as the one it is made from. */
async function takeNotices(page) {
  const point = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";
  const keys = { endpoint: "https://push.example/browser", p256dh: point, auth: "AAAAAAAAAAAAAAAAAAAAAA" };
  await page.evaluate((form) => fetch("/push/subscriptions", { method: "POST", body: new URLSearchParams(form) }), keys);
  await page.reload();
  await page.locator("#notices .item").waitFor();
}

async function openReceipts(page) {
  await scripted(page, "[data-drawer]");
  await page.locator(".receipt-line").first().click();
  await page.locator("[data-drawer] .receivers").first().waitFor();
}

async function openJump(page) {
  await page.locator("details.jump > summary").click();
  await page.locator("details.jump form").waitFor();
}

/** The newest message's, as the keyboard does it. */
async function pressOnMessage(page, key, shows) {
  await scripted(page, "[data-composer]");
  // Tab comes to the time first; with that comes the menu, and each message can have the focus.
  await page.locator("article.message .when").last().focus();
  await scripted(page, "template[data-message-tools]");
  await page.locator("article.message").last().focus();
  await page.keyboard.press(key);
  await page.locator(shows).waitFor();
}

const openMessageMenu = (page) => pressOnMessage(page, "Enter", ".message-menu");
const answerMessage = (page) => pressOnMessage(page, "r", "[data-answering]");
const askToRemove = (page) => pressOnMessage(page, "Delete", "dialog.ask");

async function chooseEmoji(page) {
  await pressOnMessage(page, "+", ".emoji-picker [data-emojis]");
}

async function pickFile(page) {
  await scripted(page, "[data-composer]");
  await page.locator("#composer-files").setInputFiles({ name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("x") });
  await page.locator("[data-uploads] .upload").waitFor();
}

async function callSomebody(page) {
  await scripted(page, "[data-composer]");
  await page.locator("[data-composer] [data-text]").pressSequentially("@");
  await page.locator(".mentionable [role=option]").first().waitFor();
}

async function preview(page) {
  await scripted(page, "[data-composer]");
  await page.locator("[data-composer] [data-text]").fill("**Now**\n\n```rust\nlet a = 1;\n```");
  await page.locator("[data-toolbar-opener]").click();
  await page.locator("[data-preview-opener]").click();
  await page.locator("[data-preview] .code-head").waitFor();
}

async function showKeys(page) {
  await scripted(page, "[data-live]");
  await page.locator("#main").focus();
  await page.keyboard.press("?");
  await page.locator("dialog.keys-dialog").waitFor();
}

async function addMember(page) {
  await edit(page);
  await page.locator("#who").pressSequentially("a");
  await page.locator("#who-options [role=option]").first().waitFor();
}

async function discard(page) {
  await page.locator("details.confirm-box > summary").click();
  await page.locator("details.confirm-box form").waitFor();
}
