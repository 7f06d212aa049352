// Pictures of every page, from a fresh demo, into docs/pictures/: narrow and wide, light and dark, in both languages.
//
// The few that the README shows are small and committed (README below); the others are for looking at.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { openBrowser } from "./browser.mjs";
import { someone } from "./people.mjs";
import { LANGUAGES, SIZES, everyPlace, visitors } from "./places.mjs";
import { startDemo } from "./program.mjs";

const folder = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const README = new Set(["discussion-wide-light-en", "draft-wide-light-en", "discussion-narrow-dark-zh"]);

async function picture(page, name) {
  // The committed ones must stay small.
  const small = README.has(name) ? { type: "jpeg", quality: 80, path: `${folder}${name}.jpg` } : { path: `${folder}${name}.png` };
  await page.screenshot(small);
}

/** What somebody typed for one picture must not stand in the others: it is kept for all their devices. */
async function forgetTyped({ context }, group) {
  const { at: seen } = await (await context.request.get(`${group}/unsent`)).json();
  await context.request.post(`${group}/unsent`, { form: { markdown: "", seen }, headers: { Accept: "application/json" } });
}

mkdirSync(folder, { recursive: true });
const demo = await startDemo();
const browser = await openBrowser();
const anna = await someone(browser);
const all = await everyPlace(demo, anna);
const group = demo.url + all.find(({ name }) => name === "discussion").path;
let taken = 0;
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [short, locale] of Object.entries(LANGUAGES)) {
      await forgetTyped(anna, group);
      const visit = await visitors(browser, anna, { viewport, colorScheme, locale, timezoneId: "UTC" });
      for (const place of all) {
        const page = await visit.open(demo, place);
        await page.waitForTimeout(250);
        await picture(page, `${place.name}-${size}-${colorScheme}-${short}`);
        taken += 1;
      }
      await visit.close();
    }
  }
}
await browser.close();
await demo.stop();
console.log(`${taken} pictures in docs/pictures/`);
