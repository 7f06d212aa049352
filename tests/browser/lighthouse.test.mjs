// What Lighthouse finds on the discussion page. Its points for speed depend on the machine: they are printed, and what
// they are made of is held elsewhere, the weight of the first view in `weight.test.mjs`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { DEVICES, openMeasured } from "./lighthouse.mjs";
import { openLink } from "./people.mjs";
import { startDemo } from "./program.mjs";

test("Lighthouse finds nothing to mend on the discussion page", async (context) => {
  const demo = await startDemo();
  context.after(demo.stop);
  let group;
  const browser = await openMeasured(async (anna) => {
    await openLink(anna, demo.linkOf("Anna Berg"), `${demo.url}/`);
    group = await anna.page.locator("a[href^='/groups/']:has-text('Budget')").first().getAttribute("href");
  });
  context.after(browser.close);
  for (const device of Object.keys(DEVICES)) {
    await context.test(device, async () => {
      const { scores, lost, timings } = await browser.figures(demo.url + group, device);
      console.log(device, scores, timings);
      const unkept = lost.filter(({ name }) => name !== "performance");
      assert.deepEqual(unkept, []);
      assert.deepEqual([scores.accessibility, scores["best-practices"]], [100, 100]);
    });
  }
});
