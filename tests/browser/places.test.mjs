// Places in a long discussion: a message by its link, a day, the unread, the newest; up and down from there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, messages, say, scripted, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

const MANY = 520;
let demo;
let browser;
let priya;
let group;
let first;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  priya = await member(browser, demo, "Priya Raman");
  group = demo.url + await groupOf(priya, "third floor");
  await priya.page.goto(group);
  await scripted(priya.page, "[data-talk]");
  first = (await numbers(priya.page)).at(-1);
  for (let number = first + 1; number <= MANY; number += 1) {
    const answer = await priya.context.request.post(`${group}/messages`, { multipart: { markdown: `Seat ${number}\n\nNear the door` }, maxRedirects: 0 });
    assert.equal(answer.status(), 303);
  }
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual(priya.wrong, [], "no script failed");
});

/** Of messages and notices. */
const numbers = (page) => page.$$eval("[data-log] [data-seq]:not(.waiting)", (all) => all.map((line) => Number(line.dataset.seq)));
const newest = (page) => page.locator("[data-to-newest]");
const marked = (page) => page.locator(".message.marked");

/** The page shows every number once and in order, and never too many. */
async function inOrder(page) {
  const shown = await numbers(page);
  assert.deepEqual(shown, shown.map((_, place) => shown[0] + place));
  assert.ok(shown.length <= 450, `${shown.length} messages on the page`);
  return shown;
}

/** Scrolls up or down until what is shown fits. */
async function scrollUntil(page, by, fits) {
  await until(`scrolled by ${by}`, async () => {
    if (fits(await inOrder(page))) return true;
    await page.locator("[data-scroller]").evaluate((scroller, by) => scroller.scrollBy({ top: by, behavior: "instant" }), by);
    return false;
  });
}

test("A link to a message opens the page around it, marked, and in sight", async () => {
  const { page } = priya;
  await page.goto(`${group}?at=200#m-200`);
  await scripted(page, "[data-talk]");
  assert.equal(await marked(page).getAttribute("id"), "m-200");
  assert.ok(await page.locator("#m-200").evaluate((message) => message === document.activeElement), "the keyboard is there, too");
  const { y, height } = await page.locator("#m-200").boundingBox();
  assert.ok(y > 0 && y + height < 860, "in sight");
  const shown = await inOrder(page);
  assert.ok(shown[0] > 100 && shown.at(-1) < 400 && shown.includes(200), `${shown[0]} to ${shown.at(-1)}`);
  await newest(page).waitFor();
});

test("What is read stays in its place while more comes above and below", async () => {
  const { page } = priya;
  await page.goto(`${group}?at=200#m-200`);
  await scripted(page, "[data-talk]");
  await until("pages came on both sides", async () => (await numbers(page)).length >= 50);
  for (const [to, by] of [["older", -3000], ["newer", 6000]]) {
    // To the edge, and one message is watched while the next page comes.
    const place = await page.evaluate(async (by) => {
      const scroller = document.querySelector("[data-scroller]");
      const count = () => document.querySelectorAll("[data-log] .message").length;
      scroller.scrollBy({ top: by, behavior: "instant" });
      const top = scroller.getBoundingClientRect().top;
      const seen = [...document.querySelectorAll("[data-log] .message")].find((message) => message.getBoundingClientRect().top > top);
      const [before, shown, ends] = [seen.getBoundingClientRect().top, count(), Date.now() + 20_000];
      while (count() === shown && Date.now() < ends) await new Promise(requestAnimationFrame);
      for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
      return { grew: count() - shown, moved: seen.getBoundingClientRect().top - before };
    }, by);
    assert.ok(place.grew > 0, `${to} messages came`);
    assert.ok(Math.abs(place.moved) < 2, `${to}: moved by ${place.moved} pixels`);
  }
});

test("Scrolling to the newest makes the page live; the page never grows without end", async () => {
  const { page } = priya;
  await page.goto(`${group}?at=20#m-20`);
  await scripted(page, "[data-talk]");
  await scrollUntil(page, 2000, (shown) => shown.at(-1) === MANY);
  assert.ok((await numbers(page))[0] > 20, "the far ones left the page");
  await say(page, "Live again");
  assert.equal((await numbers(page)).at(-1), MANY + 1);
  await scrollUntil(page, -2000, (shown) => shown[0] === 1);
  await page.locator(".talk-start").waitFor();
  assert.ok((await numbers(page)).at(-1) <= MANY, "the newest left the page");
});

test("Away from the newest new messages are counted, and one step leads there", async () => {
  const { page, context } = priya;
  await page.goto(`${group}?at=100#m-100`);
  await scripted(page, "[data-talk]");
  const answer = await context.request.post(`${group}/messages`, { multipart: { markdown: "Said from my phone" } });
  assert.ok(answer.ok());
  await newest(page).click();
  await until("the newest is here", async () => (await messages(page)).at(-1).words === "Said from my phone");
  await newest(page).waitFor({ state: "hidden" });
  await inOrder(page);
  // Writing leads there as well.
  await page.goBack();
  await marked(page).waitFor();
  assert.equal(await marked(page).getAttribute("id"), "m-100");
  await say(page, "Written while reading old things");
  assert.equal((await messages(page)).at(-1).words, "Written while reading old things");
  await inOrder(page);
});

test("A link to another place of the group leads there without loading the page anew, and back", async () => {
  const { page } = priya;
  await page.goto(`${group}?at=100#m-100`);
  await scripted(page, "[data-talk]");
  await page.locator("[data-composer] [data-text]").fill("Half a thought");
  // A page that is there already leads to the place without being loaded, which takes a moment.
  await page.locator("#m-100 .prose").first().waitFor({ state: "attached" });
  await page.evaluate((href) => {
    window.here = true;
    const link = Object.assign(document.createElement("a"), { href, textContent: "There", id: "test-link" });
    document.querySelector("#m-100 .prose").append(link);
  }, `${group}?at=400#m-400`);
  await page.locator("#test-link").click();
  await until("400 is marked", async () => await marked(page).getAttribute("id") === "m-400");
  assert.equal(new URL(page.url()).search, "?at=400");
  await page.goBack();
  await until("100 is marked", async () => await marked(page).getAttribute("id") === "m-100");
  assert.ok(await page.evaluate(() => window.here), "the same page all the time");
  assert.equal(await page.locator("[data-composer] [data-text]").inputValue(), "Half a thought");
  await page.locator("[data-composer] [data-text]").fill("");
});

test("A date leads to the first message of that day", async () => {
  const { page } = priya;
  await page.goto(group);
  await scripted(page, "[data-talk]");
  const today = await page.evaluate(() => {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  });
  await page.locator(".jump > summary").click();
  await page.locator("#jump-date").fill(today);
  await page.locator("[data-jump] button").click();
  await marked(page).waitFor();
  const day = await marked(page).evaluate((message) => ({
    seq: Number(message.dataset.seq),
    line: message.previousElementSibling?.className,
    words: message.previousElementSibling?.textContent,
  }));
  assert.deepEqual([day.line, day.words], ["day", "Today"]);
  assert.ok(day.seq <= first + 1);
});
