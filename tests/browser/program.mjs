// mailmoot as the browser tests need it: a process of its own, which ends with the test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../target/debug/mailmoot", import.meta.url));
/** How long a start may take on the slowest machine. */
const PATIENCE = 120_000;

/** Runs mailmoot. What goes wrong in it stands between the lines of the test. */
function run(args) {
  const child = spawn(PROGRAM, args, { stdio: ["ignore", "pipe", "inherit"] });
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
