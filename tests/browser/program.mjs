// mailmoot as the browser tests need it: a process of its own, which ends with the test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { until } from "./people.mjs";

const PROGRAM = fileURLToPath(new URL("../../target/debug/mailmoot", import.meta.url));
/** How long a start may take on the slowest machine. */
const PATIENCE = 120_000;

/** Runs mailmoot. What goes wrong in it stands between the lines of the test. */
function run(args, options = {}) {
  const child = spawn(PROGRAM, args, { ...options, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  process.once("exit", () => child.kill());
  return {
    /** The first words it prints that are like `pattern`. */
    async says(pattern) {
      let printed = "";
      const words = new Promise((resolve) => {
        child.stdout.setEncoding("utf8").on("data", (more) => {
          printed += more;
          const found = printed.match(pattern);
          if (found) resolve(found[0]);
        });
      });
      const late = new Promise((resolve) => setTimeout(resolve, PATIENCE).unref());
      const said = await Promise.race([words, ended.then(() => undefined), late]);
      if (said) return said;
      child.kill();
      throw new Error(`mailmoot ${args.join(" ")} did not start; it printed:\n${printed}`);
    },
    /** Until it ends by itself, as it should. */
    async succeeds() {
      const [code] = await ended;
      if (code !== 0) throw new Error(`mailmoot ${args.join(" ")} ended with ${code}`);
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** A fresh demo, ready to be used: where its pages are, and how each of its people signs in. */
export async function startDemo() {
  const folder = mkdtempSync(join(tmpdir(), "demo-"));
  const file = join(folder, "links.json");
  const demo = run(["demo", "--listen", "127.0.0.1:0", "--links", file]);
  try {
    // It listens before it has made up its company, and speaks when all is there.
    const url = await demo.says(/https?:\/\/\S+(?=\s)/);
    const links = JSON.parse(readFileSync(file, "utf8"));
    return { url, linkOf: (name) => links.find((link) => link.name === name).link, stop: demo.stop };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** mailmoot beside a real mail system, as an admin sets it up: a configuration, a check, an address book; then it serves. */
export async function startServe(peers, gateway, people) {
  const folder = mkdtempSync(join(tmpdir(), "serve-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  const [config, book] = [join(folder, "mailmoot.toml"), join(folder, "people.csv")];
  writeFileSync(config, configuration({ peers, gateway, listen, folder }));
  writeFileSync(book, ["name,mail", ...people.map(({ name, address }) => `${name},${address}`)].join("\n"));
  await run(["check", "--config", config]).succeeds();
  await run(["import", "--config", config, book]).succeeds();
  const serve = run(["serve", "--config", config]);
  await until("mailmoot serves", () => fetch(`${url}/sign-in`).then((answer) => answer.ok, () => false));
  return {
    url,
    async stop() {
      await serve.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** mailmoot as it is started for the first time, with nothing set: the link that it prints. */
export async function startUnset() {
  const folder = mkdtempSync(join(tmpdir(), "unset-"));
  const env = { MAILMOOT_SERVER_LISTEN: `127.0.0.1:${await freePort()}`, MAILMOOT_LOG_LEVEL: "warn" };
  const serve = run(["serve"], { cwd: folder, env });
  const link = await serve.says(/http:\S+/);
  return {
    link,
    async stop() {
      await serve.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function configuration({ peers, gateway, listen, folder }) {
  return `
[server]
listen = "${listen}"
data = "${folder}/data"
[mail]
address = "${gateway.address}"
hold = "1s"
[imap]
host = "localhost"
port = ${peers.imaps}
password = "${gateway.password}"
ca_file = "${peers.ca}"
[smtp]
host = "localhost"
port = ${peers.submission}
security = "starttls"
ca_file = "${peers.ca}"
[log]
level = "warn"
`;
}

/** mailmoot that only shows its pages, with more settings: no mail comes or goes. */
export async function startPages(more, people) {
  const folder = mkdtempSync(join(tmpdir(), "pages-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  const [config, book] = [join(folder, "mailmoot.toml"), join(folder, "people.csv")];
  const stop = async (serve) => {
    await serve?.stop();
    rmSync(folder, { recursive: true });
  };
  writeFileSync(book, ["name,mail", ...people.map(({ name, address }) => `${name},${address}`)].join("\n"));
  writeFileSync(config, `
[server]
listen = "${listen}"
data = "${folder}/data"
[mail]
address = "moot@corp.example"
[maildir]
path = "${folder}/mail"
[smtp]
host = "127.0.0.1"
port = 9
security = "none"
user = ""
[log]
level = "warn"
${await more(url)}`);
  await run(["import", "--config", config, book]).succeeds();
  const serve = run(["serve", "--config", config]);
  await until("mailmoot serves", () => fetch(`${url}/sign-in`).then((answer) => answer.ok, () => false));
  return { url, stop: () => stop(serve) };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
