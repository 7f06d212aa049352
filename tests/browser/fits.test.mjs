// Pages stay readable when they are zoomed: at 200 % a window of 1280 pixels has 640 left, at 400 % 320 (WCAG 1.4.10).
// And a group of sixty, with long names and names that run from right to left, is as calm as one of six.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { beginDraft, edit, makeGroup, member, say, scripted, someone } from "./people.mjs";
import { everyPlace, visitors } from "./places.mjs";
import { startDemo } from "./program.mjs";

const ZOOMED = { "200 %": { width: 640, height: 430 }, "400 %": { width: 320, height: 430 } };
const LONG = "Maximiliane-Theodora Freifrau von Hohenstein-Wildungen-Berger";
const ARABIC = "فاطمة الزهراء بنت عبد الرحمن";

/** What is wider than the window, if the page has to be moved sideways to read it. */
function tooWide(page) {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= room) return [];
    const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > room + 1);
    return wide.slice(-3).map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`);
  });
}

test("Every page can be read when it is zoomed", async (context) => {
  const demo = await startDemo();
  context.after(demo.stop);
  const browser = await openBrowser();
  context.after(() => browser.close());
  const anna = await someone(browser);
  const all = await everyPlace(demo, anna);
  for (const [zoom, viewport] of Object.entries(ZOOMED)) {
    await context.test(zoom, async () => {
      const visit = await visitors(browser, anna, { viewport, reducedMotion: "reduce" });
      const wrong = {};
      for (const place of all) {
        const found = await tooWide(await visit.open(demo, place));
        if (found.length) wrong[place.name] = found;
      }
      await visit.close();
      assert.deepEqual(wrong, {});
    });
  }
});

test("A group of sixty with long and right-to-left names is readable", async (context) => {
  const demo = await startDemo();
  context.after(demo.stop);
  const browser = await openBrowser();
  context.after(() => browser.close());
  const anna = await member(browser, demo, "Anna Berg");
  const { page } = anna;
  await beginDraft(page, demo.url);
  await addMany(page);
  await page.reload();
  await edit(page);
  await page.locator("[name=topic]").fill("Company day");
  await makeGroup(page);
  const group = page.url();
  await say(page, `مرحبا بالجميع، ${LONG}, 大家好`);

  for (const viewport of [{ width: 1360, height: 860 }, { width: 390, height: 844 }, { width: 320, height: 640 }]) {
    await page.setViewportSize(viewport);
    await page.goto(group);
    await scripted(page, "[data-drawer]");
    assert.deepEqual(await tooWide(page), [], `${viewport.width}`);
    const { width } = await page.locator(".head .titles").boundingBox();
    assert.ok(width > 0.35 * viewport.width, `the topic has room: ${width} of ${viewport.width}`);
    await page.locator(".stack-link").click();
    await page.locator("[data-drawer] .person").nth(59).waitFor();
    const title = page.locator("[data-drawer] .panel-head h2");
    assert.equal(await title.evaluate((one) => Math.round(one.clientHeight / parseFloat(getComputedStyle(one).lineHeight))), 1, "no word is broken");
    assert.deepEqual(await tooWide(page), [], `${viewport.width} with its members`);
    // A name that runs the other way does not turn what stands around it.
    const name = page.locator("[data-drawer] bdi", { hasText: ARABIC });
    assert.equal(await name.evaluate((one) => getComputedStyle(one).unicodeBidi), "isolate");
    await page.keyboard.press("Escape");
  }
  assert.deepEqual(anna.wrong, []);
});

/** Sixty others, as a script of the page would add them one after the other. */
async function addMany(page) {
  await page.evaluate(async ([long, arabic]) => {
    const names = Array.from({ length: 59 }, (_, n) => `Person ${n + 1}`);
    names[3] = long;
    names[7] = arabic;
    const form = document.querySelector("form[action$='/members']");
    for (const [n, name] of names.entries()) {
      const body = new URLSearchParams(new FormData(form));
      body.set("who", `${name} <person${n + 1}@corp.example>`);
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    }
  }, [LONG, ARABIC]);
}
