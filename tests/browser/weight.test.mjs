// The first view of a discussion is light, and asks nobody but us.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { member, scripted } from "./people.mjs";
import { startDemo } from "./program.mjs";

/** Compressed, with the heads of the answers, in bytes; without what people look like, which a browser keeps for long. */
const LIMIT = 60_000;
/** One picture of a person. */
const PICTURE = 3_500;

test("The first view of a discussion weighs less than 60 kB, all of it ours", async (context) => {
  const demo = await startDemo();
  context.after(demo.stop);
  const browser = await openBrowser();
  context.after(() => browser.close());
  const anna = await member(browser, demo, "Anna Berg");
  const group = await anna.page.locator("a[href^='/groups/']:has-text('Budget')").first().getAttribute("href");

  // Nothing of an earlier visit is kept.
  const { cookies } = await anna.context.storageState();
  const fresh = await browser.newContext({ viewport: { width: 1360, height: 860 } });
  await fresh.addCookies(cookies);
  const page = await fresh.newPage();
  const weighed = await weigh(page);
  await page.goto(demo.url + group, { waitUntil: "networkidle" });
  await scripted(page, "[data-composer]");

  const list = [...weighed.values()].sort((a, b) => b.bytes - a.bytes);
  const isPerson = ({ url }) => new URL(url).pathname.startsWith("/people/");
  const people = list.filter(isPerson);
  const sum = list.filter((one) => !isPerson(one)).reduce((total, { bytes }) => total + bytes, 0);
  console.log(`${sum} bytes in ${list.length} answers; the heaviest:`, list.slice(0, 5));
  assert.deepEqual(list.filter(({ url }) => !url.startsWith(demo.url)), []);
  assert.ok(list.length > 5, "scripts and styles were counted");
  assert.ok(people.length > 0, "somebody has a picture");
  assert.deepEqual(people.filter(({ bytes }) => bytes > PICTURE), []);
  assert.ok(sum < LIMIT, `${sum} bytes: ${list.map(({ url, bytes }) => `${bytes} ${new URL(url).pathname}`).join("\n")}`);
});

/** What comes over the wire, by request. */
async function weigh(page) {
  const session = await page.context().newCDPSession(page);
  const weighed = new Map();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.startsWith("http")) weighed.set(requestId, { url: request.url, bytes: 0 });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const answer = weighed.get(requestId);
    if (answer) answer.bytes = encodedDataLength;
  });
  await session.send("Network.enable");
  return weighed;
}
