// A first start in a real browser, with the real mail server of tests/run: from the link in the terminal to the first admin's
// check of the connections. With MAILMOOT_SHOTS set, pictures go there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { AXE, findings } from "./axe.mjs";
import { openBrowser } from "./browser.mjs";
import { mailbox, mailSystem } from "./mailbox.mjs";
import { startUnset } from "./program.mjs";

const peers = mailSystem();
const SHOTS = process.env.MAILMOOT_SHOTS;
const skip = !peers && !process.env.CI && !process.env.MAILMOOT_REQUIRE_PEERS;

/** The page as it is keeps the rules, and does not scroll sideways. */
async function look(page, name) {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/set-up-${name}.png`, fullPage: true });
  assert.deepEqual(await findings(page), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
}

for (const { colorScheme, locale, width } of [
  { colorScheme: "light", locale: "en", width: 1200 },
  { colorScheme: "dark", locale: "zh-CN", width: 360 },
]) {
  test(`a first start, ${locale}`, { timeout: 300_000, skip }, async () => {
    const [moot, ines] = [mailbox(peers, "moot"), mailbox(peers, "ines")];
    const program = await startUnset();
    const browser = await openBrowser();
    try {
      const options = { colorScheme, locale, viewport: { width, height: 800 }, reducedMotion: "reduce" };
      const context = await browser.newContext(options);
      await context.addInitScript({ path: AXE });
      const page = await context.newPage();
      const shot = (name) => look(page, `${name}-${width}-${colorScheme}-${locale}`);
      await page.goto(new URL("/", program.link).href);
      await shot("closed");
      await page.goto(program.link);
      await page.keyboard.type(moot.address);
      await shot("start");
      await page.locator("[name=by_hand]").click();
      const fill = async (fields) => {
        for (const [name, text] of Object.entries(fields)) await page.locator(`[name="${name}"]`).fill(text);
      };
      await page.locator("details").first().waitFor();
      for (const folded of await page.locator("details > summary").all()) await folded.click();
      await fill({
        "imap.password": "wrong",
        "imap.host": "localhost",
        "imap.port": String(peers.imaps),
        "imap.ca_file": peers.ca,
        "smtp.host": "localhost",
        "smtp.port": String(peers.submission),
        "smtp.ca_file": peers.ca,
        "admin.address": ines.address,
        "admin.name": "Inês Duarte",
      });
      await page.locator('[name="smtp.security"]').selectOption("starttls");
      await shot("form");
      await page.locator("button.main").click();
      await page.locator(".steps .bad").first().waitFor();
      await shot("failed");
      await fill({ "imap.password": moot.password });
      await page.locator("button.main").click();
      const link = page.locator('a.button.main[href*="/l/"]');
      await link.waitFor();
      await shot("done");
      await link.click();
      await page.locator("main form button").last().click();
      await page.waitForURL("**/admin/check");
      await page.locator("main form button").click();
      await page.locator("p[role=status]").waitFor();
      assert.equal(await page.locator(".steps .bad").count(), 0, await page.locator(".steps").innerText());
      await shot("check");
    } finally {
      await browser.close();
      await program.stop();
    }
  });
}
