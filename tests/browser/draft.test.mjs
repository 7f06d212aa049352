// The draft page under quick and slow hands: adding people by keyboard, two windows, and what must not get lost.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { beginDraft, member, scripted, until } from "./people.mjs";
import { startDemo } from "./program.mjs";

let demo;
let browser;
let anna;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  anna = await signedIn("Anna Berg");
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  assert.deepEqual(anna.wrong, [], "no script failed");
});

async function signedIn(name) {
  const who = await member(browser, demo, name);
  await scripted(who.page, "[data-drafts]");
  return who;
}

const who = (page) => page.locator("#who");
const row = (page, name) => page.locator("[data-part=members] .person", { hasText: name });
const saved = (page) => page.locator("[data-saved-state][data-state=saved]").waitFor();

/** An empty draft of Anna's in a window of its own, being edited. */
async function emptyDraft() {
  const page = await anna.context.newPage();
  await beginDraft(page, demo.url);
  return page;
}

test("Enter adds whoever is marked, and the field keeps focus for the next", async () => {
  const page = await emptyDraft();
  for (const [typed, name] of [["Priya", "Priya Raman"], ["陈思", "陈思远"]]) {
    await who(page).pressSequentially(typed);
    await page.locator("#who-options [aria-selected=true]", { hasText: name }).waitFor();
    await who(page).press("Enter");
    await row(page, name).waitFor();
    assert.equal(await who(page).inputValue(), "");
    assert.ok(await who(page).evaluate((field) => field === document.activeElement));
  }
  assert.equal(await page.locator("[data-part=members] .person").count(), 3);
  await page.close();
});

test("Enter before the list is there waits for it", async () => {
  const page = await emptyDraft();
  await page.route("**/people?q=*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });
  await who(page).pressSequentially("Tomasz");
  await who(page).press("Enter");
  await row(page, "Tomasz Wójcik").waitFor();
  assert.equal(await who(page).inputValue(), "");
  // Several could be meant: nobody is added unseen.
  await who(page).pressSequentially("a");
  await who(page).press("Enter");
  await page.locator("#who-options [aria-selected=true]").waitFor();
  assert.equal(await page.locator("[data-part=members] .person").count(), 2);
  await page.close();
});

test("Several pasted addresses are added at once, and taken out again in one step", async () => {
  const page = await emptyDraft();
  await who(page).fill("one@else.example two@else.example");
  await who(page).press("Enter");
  for (const name of ["one", "two"]) await row(page, name).waitFor();
  await page.getByText("You have added 2 people.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  for (const name of ["one", "two"]) await row(page, name).waitFor({ state: "detached" });
  await page.getByText("You have added").waitFor({ state: "detached" });
  assert.ok(await who(page).evaluate((field) => field === document.activeElement));
  await page.close();
});

test("An address is added as it was typed, whoever else stands in the list", async () => {
  const page = await emptyDraft();
  await who(page).pressSequentially("berg@corp.example");
  await page.locator("#who-options [role=option]").first().waitFor();
  await who(page).press("Enter");
  await page.locator("[data-part=members] .person .reach", { hasText: /^berg@corp\.example$/ }).waitFor();
  await page.close();
});

test("What is typed into the field survives every change that arrives meanwhile", async () => {
  const page = await emptyDraft();
  await page.route("**/members", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });
  await who(page).pressSequentially("priya.raman@corp.example");
  await who(page).press("Enter");
  await who(page).pressSequentially("Emma Du");
  await row(page, "Priya Raman").waitFor();
  await saved(page);
  assert.equal(await who(page).inputValue(), "Emma Du");
  assert.ok(await who(page).evaluate((field) => field === document.activeElement));
  await who(page).pressSequentially("bois");
  await who(page).press("Enter");
  await row(page, "Emma Dubois").waitFor();
  // Somebody who can't be added comes back into the field, with the reason.
  await who(page).fill("nobody of that name");
  await who(page).press("Enter");
  await page.locator("[data-add-problem]", { hasText: "no mail address" }).waitFor();
  assert.equal(await who(page).inputValue(), "nobody of that name");
  await page.close();
});

test("Whoever is a member already is pointed at", async () => {
  const page = await emptyDraft();
  for (const attempt of [1, 2]) {
    await who(page).fill("priya.raman@corp.example");
    await who(page).press("Enter");
    await row(page, "Priya Raman").waitFor();
    if (attempt === 1) await saved(page);
  }
  await page.locator("[data-add-problem]", { hasText: "Priya Raman is already a member" }).waitFor();
  await page.locator(".person.pointed-at", { hasText: "Priya Raman" }).waitFor();
  assert.equal(await row(page, "Priya Raman").count(), 1);
  await page.close();
});

test("An empty topic is named where it is missing, and beside the button", async () => {
  const page = await emptyDraft();
  await page.locator("#topic-missing", { hasText: "A group needs a topic" }).waitFor();
  await page.locator(".finish .obstacle", { hasText: "A group needs a topic" }).waitFor();
  await page.locator("[name=topic]").fill("Plan");
  await page.locator("#topic-missing").waitFor({ state: "detached" });
  await page.locator(".finish .obstacle", { hasText: "at least one other member" }).waitFor();
  await page.locator("[name=topic]").fill("");
  await page.locator("#topic-missing").waitFor();
  await page.close();
});

test("The last words typed before confirming are in the group, and the page goes there once", async () => {
  const page = await emptyDraft();
  await who(page).fill("priya.raman@corp.example");
  await who(page).press("Enter");
  await row(page, "Priya Raman").waitFor();
  await page.locator("[name=topic]").fill("First thought");
  const confirm = page.locator("[data-confirm] button:enabled");
  await confirm.waitFor();
  const asked = [];
  page.on("request", (request) => { if (request.isNavigationRequest()) asked.push(request.url()); });
  await page.locator("[name=topic]").fill("Second thought");
  await confirm.click();
  await page.locator("[data-talk] h1", { hasText: "Second thought" }).waitFor();
  assert.equal(asked.length, 1, asked.join(" "));
  await page.close();
});

test("A second window of one's own takes over at once, and the first keeps what was typed", async () => {
  const first = await emptyDraft();
  const second = await anna.context.newPage();
  await second.goto(first.url());
  await scripted(second, "[data-draft]");
  await second.locator("[data-lease=elsewhere]", { hasText: "You are editing in another window" }).waitFor();
  await who(first).fill("Kenji");
  await second.locator("[data-lease=elsewhere] button").click();
  await second.locator("[data-lease=mine]").waitFor();
  await first.locator("[data-lease=elsewhere]").waitFor();
  await first.locator("[data-kept] .kept-text", { hasText: "Kenji" }).waitFor();
  assert.equal(await who(first).count(), 0);
  await second.locator("[name=topic]").fill("Written in the second window");
  await first.locator(".topic-shown", { hasText: "Written in the second window" }).waitFor();
  await first.close();
  await second.close();
});

test("Who asked to take over stays on the page while its holder goes on typing", async () => {
  const page = await emptyDraft();
  await who(page).fill("priya.raman@corp.example");
  await who(page).press("Enter");
  await row(page, "Priya Raman").waitFor();
  const priya = await signedIn("Priya Raman");
  await priya.page.goto(page.url());
  await scripted(priya.page, "[data-draft]");
  await priya.page.locator("[data-lease=other] button").click();
  await priya.page.locator("[data-lease=other]", { hasText: "You asked to take over" }).waitFor();
  const wanted = page.locator("[data-lease=mine]", { hasText: "Priya Raman would like to edit" });
  await wanted.waitFor();
  await page.locator("[name=topic]").fill("One more word");
  await priya.page.locator(".topic-shown", { hasText: "One more word" }).waitFor();
  await saved(page);
  assert.equal(await wanted.count(), 1);
  assert.equal(await priya.page.locator("[data-lease=other]", { hasText: "You asked to take over" }).count(), 1);
  await wanted.locator("button").click();
  await priya.page.locator("[data-lease=free] button").click();
  await page.locator("[data-lease=other]", { hasText: "Priya Raman is editing" }).waitFor();
  assert.deepEqual(priya.wrong, []);
  await priya.context.close();
  await page.close();
});

test("A draft's topic changes in the list beside every open page of its owner", async () => {
  const list = anna.page.locator("[data-drafts]");
  const page = await emptyDraft();
  await until("the new draft is listed", async () => (await list.innerText()).includes("No topic yet"));
  await page.locator("[name=topic]").fill("A topic seen elsewhere");
  await list.locator("a", { hasText: "A topic seen elsewhere" }).waitFor();
  await page.locator(".confirm-box summary").click();
  await page.locator("form[action$='/discard'] button").click();
  await list.locator("a", { hasText: "A topic seen elsewhere" }).waitFor({ state: "detached" });
  await page.close();
});

test("On one's own page one is in the browser from the first moment", async () => {
  const page = await emptyDraft();
  const answer = await anna.context.request.get(page.url());
  const own = (await answer.text()).split('<li class="person')[1];
  assert.match(own, /In the browser/);
  await page.close();
});

test("After a gap the list of drafts is what it is, without a reload", async () => {
  const list = anna.page.locator("[data-drafts]");
  await anna.page.evaluate(() => { window.sameDocument = true; });
  const gone = await emptyDraft();
  await gone.locator("[name=topic]").fill("Gone meanwhile");
  await list.locator("a", { hasText: "Gone meanwhile" }).waitFor();
  const page = await gone.locator("[data-draft]").getAttribute("data-page");
  await anna.context.setOffline(true);
  const discarded = await anna.context.request.post(`${gone.url()}/discard`, { form: { page } });
  assert.ok(discarded.ok());
  assert.equal(await list.locator("a", { hasText: "Gone meanwhile" }).count(), 1, "offline is offline");
  await anna.context.setOffline(false);
  await list.locator("a", { hasText: "Gone meanwhile" }).waitFor({ state: "detached" });
  assert.ok(await anna.page.evaluate(() => window.sameDocument));
  await gone.close();
});
