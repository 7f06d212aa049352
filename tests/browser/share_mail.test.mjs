// A share goes out by mail: to whom, how far each mail came, what is answered; and how the mail looks in programs of
// every width, without scripts and without anything from elsewhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { groupOf, member, scripted, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;
let lei;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  [anna, lei] = await Promise.all(["Anna Berg", "李雷"].map((name) => member(browser, demo, name)));
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual([...anna.wrong, ...lei.wrong], [], "no script failed");
});

/** The path of the newest share of somebody's group. */
async function shareOf({ page }, topic) {
  await page.goto(`${demo.url + await groupOf({ page }, topic)}/shares`);
  return page.locator("a[href^='/shares/']").first().getAttribute("href");
}

const receiver = (page, name) => page.locator("[data-receiver]", { hasText: name });

test("Somebody of the address book and an address get it; one more is told why not", async () => {
  const { page } = anna;
  const share = await shareOf(anna, "Budget");
  await page.goto(`${demo.url + share}/mail`);
  await receiver(page, "Emma Dubois").locator(".progress.read").waitFor();
  await scripted(page, "[data-combobox]");
  const who = page.locator("#who");
  await who.pressSequentially("Toma");
  await page.locator("#who-options [role=option]", { hasText: "Tomasz" }).waitFor();
  await who.press("ArrowDown");
  await who.press("Enter");
  await page.locator("[data-chosen] li", { hasText: "Tomasz" }).waitFor();
  await page.locator("form[data-collects] button", { hasText: "Add" }).click();
  await receiver(page, "Tomasz").locator(".progress.added").waitFor();
  await who.fill("not an address");
  await page.locator("form[data-collects] button", { hasText: "Add" }).click();
  await page.locator("#who-problem:not(:empty)").waitFor();
  assert.equal(await who.inputValue(), "not an address");
  await page.goto(`${demo.url + share}/mail`);
  await page.locator("form[action$='/mail'] button.main").click();
  await page.locator(".notice.good").waitFor();
  await until("it was sent", async () => {
    await page.goto(`${demo.url + share}/mail`);
    return receiver(page, "Tomasz").locator(".progress.sent").isVisible();
  });
});

test("An answer that is taken in stands in the discussion as from outside", async () => {
  const { page } = anna;
  await page.goto(`${demo.url + await shareOf(anna, "Budget")}/mail`);
  const answer = page.locator("[data-answer]", { hasText: "two new contracts" });
  await answer.getByRole("button", { name: "Show it in the group" }).click();
  await answer.getByRole("button", { name: "Show it in the group" }).waitFor({ state: "detached" });
  await page.goto(demo.url + await groupOf(anna, "Budget"));
  await page.locator("[data-log] .message", { hasText: "two new contracts" }).getByText("from outside").waitFor();
});

test("The mail stands at every width, without scripts, and asks nobody for anything", async () => {
  for (const [who, topic, pictures] of [[anna, "Budget", 0], [lei, "华东仓库搬迁", 1]]) {
    const preview = `${demo.url + await shareOf(who, topic)}/preview`;
    const html = await (await who.context.request.get(preview)).text();
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const asked = [];
    await page.route("**", (route) => {
      asked.push(route.request().url());
      return route.abort();
    });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      for (const width of [320, 600, 1200]) {
        await page.setViewportSize({ width, height: 900 });
        await page.setContent(html);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${topic}: ${wide} px wide at ${width}`);
        const shown = await page.locator("img").evaluateAll((all) => all.map((image) => image.complete && image.naturalWidth > 0));
        assert.ok(shown.length >= pictures && shown.every(Boolean), `${topic}: pictures at ${width}: ${shown}`);
      }
    }
    assert.deepEqual(asked, [], "nothing from elsewhere");
    await context.close();
  }
});
