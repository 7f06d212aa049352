// Mail as its users have it: sent by SMTP, read by IMAP, on the private servers of tests/peers. curl speaks both.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { until } from "./people.mjs";

/** Where the mail system of tests/run is: its ports and the certificate of its authority. `undefined` without one. */
export function mailSystem() {
  const folder = process.env.MAILMOOT_TEST_MAIL;
  if (!folder) return undefined;
  const lines = readFileSync(join(folder, "mail.env"), "utf8").trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split("=")));
}

/** Somebody with a mailbox that is empty, however often the tests ran before. */
export function mailbox(peers, name) {
  const user = `${name}-${randomBytes(4).toString("hex")}`;
  const address = `${user}@${peers.domain}`;
  const inbox = `imaps://localhost:${peers.imaps}/INBOX`;
  const login = ["--cacert", peers.ca, "--user", `${address}:pw-${user}`];

  async function mails() {
    const found = await curl([...login, inbox, "--request", "UID SEARCH ALL"]);
    const uids = found.match(/^\* SEARCH(.*)$/m)[1].trim().split(/\s+/).filter(Boolean);
    return Promise.all(uids.map(async (uid) => read(await curl([...login, `${inbox};UID=${uid}`]))));
  }

  return {
    address,
    password: `pw-${user}`,
    /** Sends a mail as any mail program's server would. */
    async send(to, headers, text) {
      const fields = { From: address, To: to, "Message-ID": `<${randomBytes(8).toString("hex")}@${peers.domain}>`, ...headers };
      const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("");
      const raw = `${head}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text.replaceAll("\n", "\r\n")}\r\n`;
      await curl([`smtp://localhost:${peers.smtp}`, "--mail-from", address, "--mail-rcpt", to, "--upload-file", "-"], raw);
    },
    /** The first mail, by age, of which `wanted` holds; waits for it. */
    async mail(what, wanted = () => true) {
      return until(what, async () => (await mails()).find(wanted));
    },
    /** How many mails there are now. */
    count: async () => (await mails()).length,
  };
}

/** What a test asks of a mail. */
function read(raw) {
  const [head, body] = raw.split(/\r?\n\r?\n(.*)/s);
  const unfolded = head.replace(/\r?\n[ \t]+/g, " ")
    .replace(/=\?utf-8\?b\?(.*?)\?=/gi, (_, base64) => Buffer.from(base64, "base64").toString());
  const field = (name) => unfolded.match(new RegExp(`^${name}:\\s*(.*)$`, "im"))?.[1].trim();
  // Quoted-printable (RFC 2045 6.7) breaks long lines, and links are long.
  const text = body.replace(/=\r?\n/g, "").replaceAll("=3D", "=");
  return { field, text, link: text.match(/https?:\/\/\S+?\/l\/[a-z0-9]{26}/i)?.[0] };
}

/** Runs curl, with what it is to send if it sends something; what it printed. */
function curl(args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn("curl", ["--silent", "--show-error", ...args], { stdio: [input ? "pipe" : "ignore", "pipe", "pipe"] });
    let [out, wrong] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (more) => { out += more; });
    child.stderr.setEncoding("utf8").on("data", (more) => { wrong += more; });
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(out) : reject(new assert.AssertionError({ message: `curl: ${wrong}` }))));
    // One that has ended before it took everything says itself why.
    child.stdin?.on("error", () => {}).end(input);
  });
}
