// What people do with a browser, and what they see there.
//
// Nothing here sleeps: each step waits for what it expects, for at most PATIENCE, so that a slow machine is only slow.
import assert from "node:assert/strict";

export const PATIENCE = 60_000;

/** Asks until the answer is one, and says what was missing if there never is. */
export async function until(what, ask, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    assert.ok(Date.now() < end, `not within ${patience} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Somebody's own browser, with what went wrong in its scripts. */
export async function someone(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, locale: "en-US", ...options });
  context.setDefaultTimeout(PATIENCE);
  const wrong = [];
  context.on("weberror", (error) => wrong.push(error.error().message));
  return { context, wrong, page: await context.newPage() };
}

/** Opens a link that signs in, presses its button, and comes to the page it leads to. */
export async function openLink({ page }, link, target) {
  await page.goto(link);
  await page.locator("main form button").first().click();
  await page.waitForURL(target);
}

/** Until the page's script has taken hold of what `selector` names; before, a form is only a form. */
export async function scripted(page, selector) {
  await page.waitForFunction((wanted) => document.querySelector(wanted)?.attached, selector);
}

/** The numbers and words of the messages on a page, from the oldest, without those still on their way. */
export function messages(page) {
  return page.$$eval("[data-log] .message:not(.waiting)", (all) =>
    all.map((message) => ({ seq: Number(message.dataset.seq), words: message.querySelector(".prose").innerText.trim() })));
}

/** The page shows these words last, in this order, everything once, with no number left out. */
export async function endsWith(page, words) {
  const shown = await until(`the words ${words.at(-1)}`, async () => {
    const all = await messages(page);
    const waiting = await page.locator("[data-log] .waiting").count();
    return waiting === 0 && words.every((one) => all.some((message) => message.words === one)) && all;
  });
  assert.deepEqual(shown.slice(-words.length).map((message) => message.words), words);
  const first = shown[0].seq;
  assert.deepEqual(shown.map((message) => message.seq), shown.map((_, place) => first + place), "each number once, in order");
  return shown;
}

export async function say(page, words) {
  await scripted(page, "[data-composer]");
  await page.locator("[data-composer] [data-text]").fill(words);
  await page.locator("[data-composer] [data-text]").press("Enter");
  await page.locator("[data-log] .message[data-seq]:not(.waiting)", { hasText: words }).waitFor();
}

/** Plays steps one after the other, each a test of its own; after one that failed the others say nothing. */
export async function play(context, steps, act) {
  let failed = false;
  for (const [title, step] of steps) {
    await context.test(title, async (one) => {
      if (failed) return one.skip("an earlier step failed");
      failed = true;
      await act(step);
      failed = false;
    });
  }
}
