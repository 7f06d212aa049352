// The browser of the browser tests and of the pictures.
//
// MAILMOOT_CHROMIUM   the browser, if it is not Debian's
import { createRequire } from "node:module";

const require = createRequire(new URL("../../target/browser/package.json", import.meta.url));
const { chromium } = require("playwright-core");

// Root may not have its sandbox; the pages it sees are our own.
const OPTIONS = {
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
};

/** A browser without a window. */
export function openBrowser() {
  return chromium.launch(OPTIONS);
}

/** A browser that can be killed, as when the power fails. */
export async function openMortalBrowser() {
  const process = await chromium.launchServer(OPTIONS);
  return { browser: await chromium.connect(process.wsEndpoint()), kill: () => process.kill(), close: () => process.close() };
}

/** A browser with a folder of its own, which other programs can steer by a port on loopback. */
export function openProfile(folder, port) {
  const args = [...OPTIONS.args, `--remote-debugging-port=${port}`];
  return chromium.launchPersistentContext(folder, { ...OPTIONS, args, viewport: null });
}
