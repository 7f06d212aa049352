// Every page keeps the rules of WCAG 2.x A and AA that a program can check: light and dark, wide and narrow, in both
// languages. What a program cannot check, the day's keyboard step and people look at.
import assert from "node:assert/strict";
import { test } from "node:test";

import { AXE, findings } from "./axe.mjs";
import { openBrowser } from "./browser.mjs";
import { someone } from "./people.mjs";
import { LANGUAGES, SIZES, everyPlace, visitors } from "./places.mjs";
import { startDemo } from "./program.mjs";

/** Each size, each colour and each language, and not all of their products. */
const LOOKS = [
  { size: "wide", colorScheme: "light", language: "en" },
  { size: "narrow", colorScheme: "light", language: "zh" },
  { size: "wide", colorScheme: "dark", language: "zh" },
  { size: "narrow", colorScheme: "dark", language: "en" },
];

test("Every page keeps the rules of accessibility", async (context) => {
  const demo = await startDemo();
  context.after(demo.stop);
  const browser = await openBrowser();
  context.after(() => browser.close());
  const anna = await someone(browser);
  const all = await everyPlace(demo, anna);
  for (const { size, colorScheme, language } of LOOKS) {
    await context.test(`${size}, ${colorScheme}, ${language}`, async () => {
      // Without motion nothing is half faded in.
      const options = { viewport: SIZES[size], colorScheme, locale: LANGUAGES[language], reducedMotion: "reduce" };
      // As the browser's own script: the pages' Content-Security-Policy stays as it is.
      const visit = await visitors(browser, anna, options, (one) => one.addInitScript({ path: AXE }));
      const wrong = {};
      for (const place of all) {
        const found = await findings(await visit.open(demo, place));
        if (found.length) wrong[place.name] = found;
      }
      await visit.close();
      assert.deepEqual(wrong, {});
    });
  }
});
