// Signing in with the company's account, the whole way, in a real browser at a real provider (npm oidc-provider): there,
// back to the page that was wanted, out here and there, and out here because of there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { openBrowser } from "./browser.mjs";
import { until } from "./people.mjs";
import { startPages } from "./program.mjs";

const ANNA = { name: "Anna Berg", address: "anna.berg@corp.example" };
const ACCOUNTS = {
  anna: { email: ANNA.address, email_verified: true, name: ANNA.name, groups: ["moot-admins"] },
  eve: { email: ANNA.address, email_verified: false, name: "Eve" },
};

async function startProvider(house) {
  const script = fileURLToPath(new URL("../peers/oidc-up.sh", import.meta.url));
  const settings = JSON.stringify({ house, name: "corp", accounts: ACCOUNTS });
  const child = spawn(script, [settings], { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  return { issuer: line.trim(), stop: () => child.kill() };
}

/** Signs in at the provider's own pages, and agrees to what it asks. */
async function signInThere(page, subject) {
  await page.locator("input[name=login]").fill(subject);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("signing in with the company's account", { timeout: 300_000 }, async () => {
  let provider;
  const house = await startPages(async (url) => {
    provider = await startProvider(url);
    return `
[provider.corp]
title = "Corp"
issuer = "${provider.issuer}"
client_id = "mailmoot"
client_secret = "s3cret-of-the-client"
admin_groups = ["moot-admins"]
`;
  }, [ANNA]);
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ locale: "en" });
    const page = await context.newPage();
    const violations = [];
    page.on("console", (message) => message.type() === "error" && violations.push(message.text()));

    // To the page that was wanted, by keyboard only until the provider's own pages begin.
    await page.goto(`${house.url}/admin/audit`);
    await page.waitForURL(/\/sign-in\?next=/);
    await page.getByRole("button", { name: "Sign in with Corp" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(`${provider.issuer}/**`);
    await signInThere(page, "anna");
    await page.waitForURL(`${house.url}/admin/audit`);
    assert.ok(await page.getByText(ANNA.name).first().isVisible());

    // The way back counts once: going back and forward leads on, not to an error.
    await page.goBack();
    await page.goto(`${house.url}/threads`);
    assert.equal((await page.locator(".me bdi").first().textContent()).trim(), ANNA.name);

    // Out here is out there: the provider asks, and leads back.
    await page.locator(".me summary").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${provider.issuer}/**`);
    assert.equal((await context.cookies(house.url)).some(({ name }) => name === "moot_session"), false);
    await page.getByRole("button", { name: "Yes, sign me out" }).click();
    await page.waitForURL(/\/sign-in(\?|$)/);
    await page.getByRole("button", { name: "Sign in with Corp" }).click();
    await page.locator("input[name=login]").waitFor();

    // Whose address was not checked is told why not.
    await signInThere(page, "eve");
    await page.getByText("does not say that the mail address in your account there is really yours").waitFor();
    assert.equal(await page.getByRole("link", { name: "To the sign-in page" }).getAttribute("href"), "/sign-in");

    // Out there is out here: an open page hears of it by the back channel.
    const other = await browser.newContext({ locale: "en" });
    const [here, there] = [await other.newPage(), await other.newPage()];
    await here.goto(`${house.url}/sign-in?next=/threads`);
    await here.getByRole("button", { name: "Sign in with Corp" }).click();
    await signInThere(here, "anna");
    await here.waitForURL(`${house.url}/threads`);
    await there.goto(`${provider.issuer}/session/end`);
    await there.getByRole("button", { name: "Yes, sign me out" }).click();
    await here.getByText("You were signed out here.").waitFor();
    await until("the session has ended", async () => (await here.request.get(`${house.url}/threads`)).url().includes("/sign-in"));
    assert.deepEqual(violations.filter((text) => /Content Security Policy/.test(text)), []);
  } finally {
    await browser.close();
    provider.stop();
    await house.stop();
  }
});
