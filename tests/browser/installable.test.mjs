// mailmoot as a program of its own: its manifest and icons, and what is unread in its title.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, say, scripted, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;
let david;
let group;

before(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  anna = await member(browser, demo, "Anna Berg");
  david = await member(browser, demo, "David Okafor");
  group = await groupOf(david, "Budget");
  await david.page.goto(demo.url + group);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual([...anna.wrong, ...david.wrong], [], "no script failed");
});

/** The group opens where the unread begins; the newest may be below. */
async function readAll(page) {
  await page.goto(demo.url + group);
  await scripted(page, "[data-talk]");
  await page.locator("[data-scroller]").evaluate((scroller) => scroller.scrollTo({ top: 0 }));
}

test("What is unread in all groups stands in the title", async () => {
  const { page } = anna;
  await readAll(page);
  await until("this group is read", async () => (await page.locator(`[href="${group}"].unread`).count()) === 0);
  await page.goto(`${demo.url}/threads`);
  await scripted(page, ".side-list");
  const number = async () => Number((await page.title()).match(/^\((\d+)\) /)?.[1] ?? 0);
  const start = await number();
  await say(david.page, "One more");
  await until("one more", async () => (await number()) === start + 1);
  await say(david.page, "And another");
  await until("two more", async () => (await number()) === start + 2);
  await readAll(page);
  await until("both are read", async () => (await number()) === start);
});

test("mailmoot can be installed", async () => {
  const { page } = anna;
  await page.goto(`${demo.url}/`);
  const session = await page.context().newCDPSession(page);
  const { errors, data } = await session.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const manifest = JSON.parse(data);
  assert.deepEqual([manifest.start_url, manifest.display], ["/", "standalone"]);
  for (const { src, sizes, type } of [...manifest.icons, { src: await page.locator("link[rel=apple-touch-icon]").getAttribute("href"), sizes: "180x180", type: "image/png" }]) {
    const answer = await page.request.get(demo.url + src);
    assert.deepEqual([answer.status(), answer.headers()["content-type"]], [200, type], src);
    if (sizes === "any") continue;
    const real = await page.evaluate(async (url) => {
      const picture = await createImageBitmap(await (await fetch(url)).blob());
      return `${picture.width}x${picture.height}`;
    }, src);
    assert.equal(real, sizes, src);
  }
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito"), []);
});
