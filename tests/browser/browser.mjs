// The browser of the browser tests and of the pictures.
//
// MAILMOOT_CHROMIUM   the browser, if it is not Debian's
import { createRequire } from "node:module";

const require = createRequire(new URL("../../target/browser/package.json", import.meta.url));
const { chromium } = require("playwright-core");

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
