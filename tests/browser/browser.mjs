// What the browser tests and the pictures share: the browser, and the demo that `tests/run` started for them.
//
// MAILMOOT_DEMO_URL   where the demo's pages are
// MAILMOOT_DEMO_LOG   the file with what the demo printed, sign-in links included
// MAILMOOT_CHROMIUM   the browser
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../target/browser/package.json", import.meta.url));
const { chromium } = require("playwright-core");

export const demoUrl = process.env.MAILMOOT_DEMO_URL ?? "http://127.0.0.1:8080";

/** A browser without a window. Root may not have its sandbox; the pages it sees are our own. */
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.MAILMOOT_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Everything the demo printed. */
export function demoLog() {
  return readFileSync(process.env.MAILMOOT_DEMO_LOG, "utf8");
}

/** The links that the demo printed, in its order, with the text before each on its line. */
export function demoLinks() {
  const lines = demoLog().split("\n");
  return lines.flatMap((line) => {
    const found = line.match(/^(.*?)(https?:\/\/\S+)/);
    return found ? [{ text: found[1].trim(), url: found[2] }] : [];
  });
}
