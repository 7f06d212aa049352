// The same day beside a real mail system: Postfix and Dovecot carry every mail, Anna and Priya each have a Chromium of
// their own, David has his mailbox only. Both browsers are killed in the middle of it and come back.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openMortalBrowser } from "./browser.mjs";
import { mailSystem, mailbox } from "./mailbox.mjs";
import {
  edit, endsWith, hasRead, makeGroup, messages, openLink, play, say, scripted, showsAnswer, showsUnreadAfter, someone, talk,
} from "./people.mjs";
import { startServe } from "./program.mjs";

/** From the SMTP server's "taken" to the mail with the draft's link in the mailbox, on a busy machine. */
const DRAFT_MAIL = 10_000;
const TOPIC = "Line 4 from Monday";
const OPENING = "Let us decide here.\n\nWho is on site?";

/** Somebody with a mailbox and a browser process of their own. */
async function employee(peers, name) {
  const process = await openMortalBrowser();
  return { name, mails: mailbox(peers, name.split(" ")[0].toLowerCase()), process, ...(await someone(process.browser)) };
}

/** Kills somebody's browser. What is returned opens a new one with the cookies of the old, and the page they were on. */
async function kill(who) {
  const [storageState, url] = [await who.context.storageState(), who.page.url()];
  await who.process.kill();
  return async () => {
    who.process = await openMortalBrowser();
    Object.assign(who, await someone(who.process.browser, { storageState }));
    await who.page.goto(url);
  };
}

async function forwardThread(day) {
  const { anna, priya, david, gateway } = day;
  const text = `Please take over.

---------- Forwarded message ---------
From: ${david.name} <${david.mails.address}>
Date: Thu, 19 Nov 2026 at 16:12
Subject: Re: Line 4
To: ${anna.name} <${anna.mails.address}>
Cc: ${priya.name} <${priya.mails.address}>

It stands still since noon.`;
  await anna.mails.send(gateway.address, { Subject: "Fwd: Line 4" }, text);
  const sent = Date.now();
  const ready = await anna.mails.mail("the mail with the draft's link");
  day.draftMailTook = Date.now() - sent;
  await openLink(anna, ready.link, "**/drafts/*");
  for (const { name } of [anna, priya, david]) {
    await anna.page.locator("[data-part=members] .person", { hasText: name }).waitFor();
  }
}

async function typeAndDie(day) {
  const { anna } = day;
  await edit(anna.page);
  for (const [name, words] of [["topic", TOPIC], ["opening", OPENING]]) {
    await anna.page.locator(`[name=${name}]`).fill(words);
    await anna.page.locator("[data-saved-state][data-state=saved]").waitFor();
  }
  const comeBack = await kill(anna);
  await comeBack();
  await scripted(anna.page, "[data-draft]");
  // Nobody could give the right to edit back: her old window seems to have it still.
  await anna.page.locator("[data-lease=elsewhere] button").click();
  await anna.page.locator("[data-lease=mine]").waitFor();
  assert.equal(await anna.page.locator("[name=topic]").inputValue(), TOPIC);
  assert.equal(await anna.page.locator("[name=opening]").inputValue(), OPENING);
}

async function invite(day) {
  const { anna, priya } = day;
  await makeGroup(anna.page);
  day.group = anna.page.url();
  const invitation = await priya.mails.mail("Priya's invitation");
  await openLink(priya, invitation.link, day.group);
  await endsWith(priya.page, [OPENING]);
}

async function answerByMail(day) {
  const { anna, priya, david, gateway } = day;
  const invitation = await david.mails.mail("David's invitation");
  day.invitation = invitation;
  day.replyTo = invitation.field("Reply-To").match(/<?([^\s<>]+)>?$/)[1];
  const [user, domain] = gateway.address.split("@");
  assert.match(day.replyTo, new RegExp(`^${user}\\+[a-z0-9]{26}@${domain}$`), "an address of his own");
  assert.ok(invitation.field("From").includes(`<${gateway.address}>`), "replies that ignore Reply-To come to us, too");
  const words = "I am here until six.";
  const quoted = `On Fri, 20 Nov 2026 at 10:02, ${anna.name} wrote:\n> Who is on site?`;
  const answers = invitation.field("Message-ID");
  const headers = { Subject: `Re: ${TOPIC}`, "In-Reply-To": answers, References: `${invitation.field("References") ?? ""} ${answers}`.trim() };
  await david.mails.send(day.replyTo, headers, `${words}\n\n${quoted}`);
  for (const { page } of [anna, priya]) await showsAnswer(page, david.name, words);
}

async function mailToDavid(day) {
  const words = "Then we come over now.";
  await say(day.anna.page, words);
  const mail = await day.david.mails.mail("the message by mail", ({ text }) => text.includes(words));
  const thread = (one) => one.field("References").split(/\s+/)[0];
  assert.equal(thread(mail), thread(day.invitation), "one thread in mail programs");
  assert.ok(mail.field("Reply-To").includes(day.replyTo), "the same address to answer to");
  assert.ok(mail.field("From").includes(day.anna.name));
  assert.match(mail.field("Subject"), new RegExp(TOPIC));
}

async function dieAndComeBack(day) {
  const { anna, priya } = day;
  const last = (await messages(priya.page)).at(-1).seq;
  await hasRead(priya, day.group, last);
  const comeBack = await kill(priya);
  const words = [1, 2].map((n) => `Behind a dead browser ${n}`);
  for (const one of words) await say(anna.page, one);
  await comeBack();
  await endsWith(priya.page, words);
  await showsUnreadAfter(priya.page, last);
  await hasRead(priya, day.group, last + words.length);
}

const STEPS = [
  ["Anna forwards a thread by SMTP, and opens the draft by the link in her mailbox", forwardThread],
  ["Anna's browser is killed while she edits; what she typed is there, and she goes on", typeAndDie],
  ["The group is made, and Priya comes by the link in her mailbox", invite],
  ["They talk in two browsers; each sees the other's messages once and in order", (day) => talk(day.anna.page, day.priya.page)],
  ["David answers by SMTP; both see it once, the quotation folded", answerByMail],
  ["What is said goes to David, in one thread, with the address for his answer", mailToDavid],
  ["Priya's browser is killed; she comes back and sees where the unread begin", dieAndComeBack],
];

test("The day beside a real mail system", async (context) => {
  const peers = mailSystem();
  if (!peers) {
    assert.ok(!process.env.MAILMOOT_REQUIRE_PEERS && !process.env.CI, "use tests/run browser, which starts the mail system");
    return context.skip("there is no mail system; tests/run browser starts one");
  }
  const gateway = mailbox(peers, "gateway");
  const [anna, priya, david] = [await employee(peers, "Anna Berg"), await employee(peers, "Priya Raman"), { name: "David Okafor", mails: mailbox(peers, "david") }];
  context.after(() => Promise.all([anna.process.close(), priya.process.close()]));
  const people = [anna, priya, david].map(({ name, mails }) => ({ name, address: mails.address }));
  const mailmoot = await startServe(peers, gateway, people);
  context.after(mailmoot.stop);
  const day = { anna, priya, david, gateway };
  await play(context, STEPS, (step) => step(day));
  // Apart from the steps: the rest of the day does not hang on it.
  await context.test(`The draft's mail came within ${DRAFT_MAIL} ms`, (step) => {
    step.diagnostic(`${day.draftMailTook} ms`);
    assert.ok(day.draftMailTook < DRAFT_MAIL, `it took ${day.draftMailTook} ms`);
  });
  await context.test("No script of any page failed", () => assert.deepEqual([...anna.wrong, ...priya.wrong], []));
});
