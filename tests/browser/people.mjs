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

/** Something that waits until it is opened. */
export function gate() {
  const made = {};
  made.opened = new Promise((resolve) => { made.open = resolve; });
  return made;
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

/** Somebody of the demo, signed in in their own browser. */
export async function member(browser, demo, name, options) {
  const who = await someone(browser, options);
  await openLink(who, demo.linkOf(name), `${demo.url}/`);
  return who;
}

/** The path of a group that stands in the list of groups, by words of its topic. */
export function groupOf({ page }, words) {
  return page.locator("a[href^='/groups/']", { hasText: words }).first().getAttribute("href");
}

/** Until the page's script has taken hold of what `selector` names and of all else: before, a form is only a form, and things still move. */
export async function scripted(page, selector) {
  await page.waitForFunction((wanted) => document.querySelector(wanted)?.attached && document.documentElement.attaching === 0, selector);
}

/** The numbers and words of the messages on a page, from the oldest, without those still on their way. */
export function messages(page) {
  return page.$$eval("[data-log] .message:not(.waiting)", (all) =>
    all.map((message) => ({ seq: Number(message.dataset.seq), words: message.querySelector(".prose").innerText.trim() })));
}

/** The numbers of all that stands on a page, events included. */
const numbers = (page) => page.$$eval("[data-log] :is(.message, .event)[data-seq]:not(.waiting)", (all) => all.map(({ dataset }) => Number(dataset.seq)));

/** The page shows these words last, in this order, everything once, with no number left out. */
export async function endsWith(page, words) {
  const shown = await until(`the words ${words.at(-1)}`, async () => {
    const all = await messages(page);
    const waiting = await page.locator("[data-log] .waiting").count();
    return waiting === 0 && words.every((one) => all.some((message) => message.words === one)) && all;
  });
  assert.deepEqual(shown.slice(-words.length).map((message) => message.words), words);
  const all = await numbers(page);
  assert.deepEqual(all, all.map((_, place) => all[0] + place), "each number once, in order");
  return shown;
}

export async function say(page, words) {
  await scripted(page, "[data-composer]");
  await page.locator("[data-composer] [data-text]").fill(words);
  await page.locator("[data-composer] [data-text]").press("Enter");
  await page.locator("[data-log] .message[data-seq]:not(.waiting)", { hasText: words }).waitFor();
}

/** Begins a draft from nothing, and edits it. */
export async function beginDraft(page, url) {
  await page.goto(`${url}/drafts/new`);
  await page.locator("form[action='/drafts'] button").click();
  await page.waitForURL("**/drafts/*-*");
  await edit(page);
}

/** Takes the right to edit a draft. */
export async function edit(page) {
  await scripted(page, "[data-draft]");
  await page.locator("[data-lease=free] button").click();
  await page.locator("[data-lease=mine]").waitFor();
  await scripted(page, "[data-combobox]");
}

/** Makes the draft's group, and is on its page. */
export async function makeGroup(page) {
  await page.locator("[data-confirm] button").click();
  await page.waitForURL("**/groups/*");
}

/** Anna and Priya say something in turn, and see all of it. */
export async function talk(anna, priya) {
  const words = [];
  for (const round of [1, 2, 3]) {
    for (const [name, page] of [["Anna", anna], ["Priya", priya]]) {
      words.push(`${name} says ${round}`);
      await say(page, words.at(-1));
    }
  }
  await endsWith(anna, words);
  await endsWith(priya, words);
}

/** An answer by mail stands on the page once, as its author's, with the quotation folded. */
export async function showsAnswer(page, author, words) {
  const answer = page.locator("[data-log] .message", { hasText: words });
  await answer.waitFor();
  assert.equal(await answer.count(), 1);
  assert.equal(await answer.locator(".by .author").innerText(), author);
  assert.equal(await answer.locator(".prose").innerText(), words);
  const hidden = answer.locator("details.hidden-part");
  assert.equal(await hidden.locator("pre").isVisible(), false, "the quotation is folded");
  await hidden.locator("summary").click();
  await hidden.locator("pre").waitFor();
  await hidden.locator("summary").click();
}

/** Until somebody has read a group's messages up to this number, as a new page of theirs would be told. */
export async function hasRead({ context }, group, seq) {
  await until(`${seq} is read`, async () => {
    const answer = await context.request.get(group);
    return (await answer.text()).includes(`data-read="${seq}"`);
  });
}

/** The page says that everything after this number is unread. */
export async function showsUnreadAfter(page, seq) {
  const line = page.locator(".unread-line");
  await line.waitFor();
  assert.equal(await line.innerText(), "New from here");
  const below = await line.evaluate((element) => element.nextElementSibling.dataset.seq);
  assert.equal(Number(below), seq + 1, "the line stands above the first unread");
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
