// The threads of one's own mailbox in a real browser, at the real mail server of tests/run: the page comes at once and the
// list follows; without script a link leads to it; one thread becomes a draft. With MAILMOOT_SHOTS set, pictures go there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { mailbox, mailSystem } from "./mailbox.mjs";
import { startPages } from "./program.mjs";

const peers = mailSystem();
const SHOTS = process.env.MAILMOOT_SHOTS;
const skip = !peers && !process.env.CI && !process.env.MAILMOOT_REQUIRE_PEERS;

async function pictures(browser, context, url, name) {
  if (!SHOTS) return;
  const state = await context.storageState();
  for (const [colorScheme, locale, width] of [["light", "en", 1200], ["dark", "zh-CN", 1200], ["light", "zh-CN", 390], ["dark", "en", 390]]) {
    const seen = await browser.newContext({ storageState: state, colorScheme, locale, viewport: { width, height: 800 } });
    const page = await seen.newPage();
    await page.goto(url);
    await page.waitForFunction(() => !document.querySelector("[aria-busy]"));
    await page.screenshot({ path: `${SHOTS}/${name}-${width}-${colorScheme}-${locale}.png` });
    await seen.close();
  }
}

test("the threads of one's own mailbox", { timeout: 300_000, skip }, async () => {
  const [anna, david] = [mailbox(peers, "anna"), mailbox(peers, "david")];
  await david.send(anna.address, { Subject: "Umzug der Halle", From: `David Okafor <${david.address}>` }, "When do we begin?");
  await david.send(anna.address, { Subject: "<b>Customs</b> papers for the Rotterdam shipment of the twentieth" }, "See below.");
  const house = await startPages(() => `
[sign_in]
mail_password = true
own_mailbox = true
imap_host = "localhost"
imap_port = ${peers.imaps}
imap_ca_file = "${peers.ca}"

[provider.corp]
title = "Corp"
issuer = "https://login.corp.example"
client_id = "mailmoot"
mailbox_scope = "mail offline_access"
`, [{ name: "Anna Berg", address: anna.address }, { name: "David Okafor", address: david.address }]);
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ locale: "en" });
    const page = await context.newPage();
    const violations = [];
    page.on("console", (message) => message.type() === "error" && violations.push(message.text()));
    const password = async () => {
      await page.getByLabel("Password of your mailbox").fill(anna.password);
      await page.keyboard.press("Enter");
    };

    await page.goto(`${house.url}/sign-in?next=/threads`);
    await page.getByText("With the password of your mailbox").click();
    await page.locator(".with-password input[name=address]").fill(anna.address);
    await password();
    await page.getByRole("link", { name: "From your mailbox" }).click();
    await page.getByText("Umzug der Halle", { exact: true }).first().waitFor();
    assert.equal(await page.locator("[data-later] .item").count(), 2);
    await pictures(browser, context, `${house.url}/threads/mailbox`, "list");
    await pictures(browser, context, `${house.url}/threads/mailbox?q=nothing`, "none");

    // Without script the page says where the list is.
    const plain = await browser.newContext({ storageState: await context.storageState(), javaScriptEnabled: false, locale: "en" });
    const still = await plain.newPage();
    await still.goto(`${house.url}/threads/mailbox?q=halle`);
    await still.getByRole("link", { name: "Show the threads" }).click();
    assert.equal(await still.locator(".item").count(), 1);
    await plain.close();

    await page.locator(".item", { hasText: "Umzug der Halle" }).getByRole("button").click();
    await page.waitForURL(/\/drafts\//);
    assert.ok(await page.getByText("David Okafor").first().isVisible());
    await page.goto(`${house.url}/threads/mailbox`);
    await page.getByRole("link", { name: "Open the draft" }).waitFor();
    await pictures(browser, context, `${house.url}/threads/mailbox`, "drafted");

    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.waitForURL(/\/threads$/);
    await page.getByRole("link", { name: "From your mailbox" }).click();
    assert.ok(await page.getByRole("button", { name: "Sign in with Corp" }).isVisible());
    await pictures(browser, context, `${house.url}/threads/mailbox`, "closed");
    await password();
    await page.getByRole("link", { name: "Open the draft" }).waitFor();
    assert.deepEqual(violations, []);
  } finally {
    await browser.close();
    await house.stop();
  }
});
