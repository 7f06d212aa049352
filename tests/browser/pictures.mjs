// Pictures of every page, from a fresh demo, into docs/pictures/: narrow and wide, light and dark, in both languages.
//
// The few that the README shows are small and committed (README below); the others are for looking at.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { openBrowser } from "./browser.mjs";
import { startDemo } from "./program.mjs";

const folder = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const SIZES = { wide: { width: 1360, height: 860 }, narrow: { width: 390, height: 844 } };
const LANGUAGES = { en: "en", zh: "zh-CN" };
const README = new Set(["discussion-wide-light-en", "draft-wide-light-en", "discussion-narrow-dark-zh"]);

mkdirSync(folder, { recursive: true });
const demo = await startDemo();
const browser = await openBrowser();

/** A browser of one person, signed in by the link of the demo. */
async function signedIn(name) {
  const context = await browser.newContext({ locale: "en" });
  const page = await context.newPage();
  await page.goto(demo.linkOf(name));
  await page.locator("main form button").first().click();
  await page.waitForURL(`${demo.url}/`);
  return { page, state: await context.storageState(), context };
}

/** Where each picture is taken; made with a first visit. */
async function places({ page }) {
  const href = async (selector) => page.locator(selector).first().getAttribute("href");
  const group = await href("a[href^='/groups/']:has-text('Budget')");
  const chinese = await href("a[href^='/groups/']:has-text('华东')");
  const draft = await href("a[href^='/drafts/']:has-text('Audit')");
  await page.goto(`${demo.url}/mail-desk/david.okafor@corp.example`);
  const mail = await href("a.mail-row:has-text('Budget')");
  return {
    home: "/",
    discussion: group,
    discussion2: chinese,
    draft,
    threads: "/threads",
    "new-group": "/drafts/new",
    sessions: "/sessions",
    ledger: "/admin/ledger",
    "not-found": "/groups/nothing",
    "sign-in": { path: "/sign-in", signedOut: true },
    "mail-desk": { path: "/mail-desk", signedOut: true },
    mailbox: { path: "/mail-desk/david.okafor@corp.example", signedOut: true },
    mail: { path: mail, signedOut: true },
    "mail-reply": { path: `${mail}/reply#write`, signedOut: true },
  };
}

async function picture(page, name) {
  // The committed ones must stay small.
  const small = README.has(name) ? { type: "jpeg", quality: 80, path: `${folder}${name}.jpg` } : { path: `${folder}${name}.png` };
  await page.screenshot(small);
}

const anna = await signedIn("Anna Berg");
const all = await places(anna);
let taken = 0;
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [short, locale] of Object.entries(LANGUAGES)) {
      const options = { viewport, colorScheme, locale, timezoneId: "UTC" };
      const cookies = anna.state.cookies.filter((cookie) => cookie.name !== "moot_language");
      const inside = await browser.newContext({ ...options, storageState: { cookies, origins: [] } });
      const outside = await browser.newContext(options);
      const pages = { inside: await inside.newPage(), outside: await outside.newPage() };
      for (const [name, place] of Object.entries(all)) {
        const page = place.signedOut ? pages.outside : pages.inside;
        await page.goto(demo.url + (place.path ?? place), { waitUntil: "load" });
        await page.waitForTimeout(250);
        await picture(page, `${name}-${size}-${colorScheme}-${short}`);
        taken += 1;
      }
      if (size === "wide") {
        await pages.inside.goto(demo.url + all.draft);
        await pages.inside.locator("form[data-lease=free] button").click();
        await pages.inside.waitForTimeout(400);
        await picture(pages.inside, `draft-edit-${size}-${colorScheme}-${short}`);
        await pages.inside.locator("form[data-lease=mine] button").first().click();
        await pages.inside.waitForTimeout(200);
        taken += 1;
      }
      await inside.close();
      await outside.close();
    }
  }
}
await browser.close();
await demo.stop();
console.log(`${taken} pictures in docs/pictures/`);
