// The figures of Lighthouse for a page of somebody who is signed in.
import { once } from "node:events";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openProfile } from "./browser.mjs";

const library = createRequire(new URL("../../target/browser/package.json", import.meta.url)).resolve("lighthouse");
const { default: lighthouse, desktopConfig } = await import(library);

/** As Lighthouse calls them. */
export const CATEGORIES = ["accessibility", "best-practices", "performance"];
/** A phone on a slow network, and a desk. */
export const DEVICES = { phone: undefined, desk: desktopConfig };

/** A browser of its own with a port for Lighthouse; `signIn` is given its page first. */
export async function openMeasured(signIn) {
  const profile = mkdtempSync(join(tmpdir(), "lighthouse-"));
  const port = await freePort();
  const context = await openProfile(profile, port);
  await signIn({ context, page: context.pages()[0] ?? (await context.newPage()) });
  return {
    /** Score of each category, 0 to 100, what cost points, and how many bytes came over the wire. */
    async figures(url, device) {
      const options = { port, onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: "error" };
      const { lhr } = await lighthouse(url, options, DEVICES[device]);
      if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
      return { scores: scoresOf(lhr), lost: CATEGORIES.flatMap((name) => lostIn(lhr, name)), timings: timingsOf(lhr) };
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true });
    },
  };
}

function scoresOf({ categories }) {
  return Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(categories[name].score * 100)]));
}

/** The audits of a category that did not get all their points, with what they found. */
function lostIn({ categories, audits }, name) {
  return categories[name].auditRefs
    .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
    .map(({ id }) => ({ name, id, title: audits[id].title, value: audits[id].displayValue ?? "", items: itemsOf(audits[id]) }));
}

function itemsOf({ details }) {
  return (details?.items ?? []).slice(0, 5).map((item) => item.node?.snippet ?? item.url ?? item.description ?? "").filter(Boolean);
}

function timingsOf({ audits }) {
  const names = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"];
  return Object.fromEntries(names.map((name) => [name, audits[name].displayValue]));
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
