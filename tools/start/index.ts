import { fork, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { findChromium, openDriven } from "../preview/driven.ts";
import type { FromPreview, ToPreview } from "../preview/index.ts";
import { fetchElectron, hasDisplay } from "./electron.ts";
import { describeHis, readHis, readPolicy } from "./his-facts.ts";
import { leaveWithParent } from "./leave.ts";
import { useSecretService } from "./secret-service.ts";

/** Everything of the demo: its HIS, its keychain where the machine has none, the PC's policy and its cache. */
const DEMO = ".amanah";
const WORKSTATION = "demo-pc";

const USAGE = `npm start -- [options]
  --beds N         beds of the demo ward at its first start (28)
  --load DIR       FHIR bundles for the demo HIS to load
  --his URL|none   use the HIS whose control page is at URL, or start without one
  --port N         port of the preview
  --preview        the preview, also where Electron is there
  --fresh          begin the demo again: its HIS, its keys and its cache are erased`;

const options = parseArgs({
  options: {
    beds: { type: "string" },
    load: { type: "string", multiple: true },
    his: { type: "string" },
    port: { type: "string" },
    preview: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
}).values;

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  if (options.fresh) rmSync(DEMO, { recursive: true, force: true });
  mkdirSync(DEMO, { recursive: true, mode: 0o700 });

  const children: ChildProcess[] = [];
  const keychain = await useSecretService(join(DEMO, "keyring"));
  leaveWithParent(async () => {
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(children.map(ended));
    keychain.close();
  });
  if (keychain.private)
    console.log("No Secret Service runs here: a private one is used for the demo.");

  const controlUrl =
    options.his === undefined
      ? await startOwnHis(children)
      : options.his === "none"
        ? null
        : options.his;
  const policyFile = await writePolicy(controlUrl);
  const app = await startApp(policyFile, keychain.environment);
  children.push(app);
  if (controlUrl === null) console.log("No demo HIS: the app starts as in an outage.");
  else for (const line of describeHis(controlUrl, await readHis(controlUrl))) console.log(line);
  console.log("\nCtrl-C ends the demo; the next start goes on where it was.");
  app.once("exit", (code) => {
    console.log(
      code === 0
        ? "The app has ended."
        : "The app has gone. Nothing that was saved is lost: npm start again.",
    );
    process.kill(process.pid, "SIGTERM");
  });
}

async function startOwnHis(children: ChildProcess[]): Promise<string> {
  const args = [
    ["--data", join(DEMO, "his")],
    ...(options.beds === undefined ? [] : [["--beds", options.beds]]),
    ...(options.load ?? []).map((folder) => ["--load", folder]),
  ].flat();
  const child = fork(join(import.meta.dirname, "his-process.ts"), args, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  children.push(child);
  const started = z
    .object({ controlUrl: z.url() })
    .parse(await firstMessage(child, "The demo HIS"));
  return started.controlUrl;
}

/** Written at the first start, and again when the demo HIS had to move to another port. */
async function writePolicy(controlUrl: string | null): Promise<string> {
  const file = join(DEMO, "policy.json");
  if (controlUrl === null) {
    if (!existsSync(file))
      throw new Error(
        "This demo PC has never seen a HIS: start once with one, so that it can join.",
      );
    return file;
  }
  const { baseUrl } = await readHis(controlUrl);
  const Known = z.object({ his: z.object({ baseUrl: z.literal(baseUrl) }) });
  const known = existsSync(file) && Known.safeParse(JSON.parse(readFileSync(file, "utf8"))).success;
  if (!known)
    writeFileSync(file, JSON.stringify(await readPolicy(controlUrl, WORKSTATION), null, 2), {
      mode: 0o600,
    });
  return file;
}

async function startApp(policyFile: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const where = ["--data-dir", join(DEMO, "ward"), "--policy", policyFile];
  if (options.preview) console.log("The preview, as asked.");
  else if (!hasDisplay())
    console.log("No display here, so no Electron window: the preview is used.");
  else {
    const electron = fetchElectron(join(DEMO, "no-electron"), (text) => console.log(text));
    if ("executable" in electron) {
      const named = [`--data-dir=${join(DEMO, "ward")}`, `--policy=${policyFile}`];
      return spawn(electron.executable, [".", ...named], { stdio: "inherit", env });
    }
    console.log(`${electron.absent}: the preview is used.`);
  }
  const chromium = hasDisplay() ? findChromium() : null;
  const named = options.port === undefined ? [] : ["--port", options.port];
  const child = fork(
    join("out", "preview", "index.js"),
    [...where, ...named, ...(chromium === null ? [] : ["--driven"])],
    {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env,
    },
  );
  const link = await previewLink(child);
  console.log(
    `\nPreview       ${link}\n              (opens once${process.stdin.isTTY ? "; press Enter here for a fresh link" : ""})\n`,
  );
  const show = chromium === null ? openBrowser : await showInOwnWindow(child, chromium);
  show(link);
  if (process.stdin.isTTY) {
    process.stdin.on("data", () => child.send({ kind: "renew-link" } satisfies ToPreview));
  }
  child.on("message", (message: FromPreview) => {
    if (message.kind === "link") {
      console.log(`Preview       ${message.link}`);
      if (chromium !== null) show(message.link);
    }
    if (message.kind === "browser") {
      console.log(`Sign in       ${message.url}`);
      openBrowser(message.url);
    }
  });
  return child;
}

/** A window of the preview's own, whose page is ended with its process at each lock. */
async function showInOwnWindow(
  child: ChildProcess,
  executablePath: string,
): Promise<(link: string) => void> {
  let window = await openDriven({ executablePath, headless: false });
  const failed = (error: unknown): void =>
    console.error(`The window: ${error instanceof Error ? error.message : String(error)}`);
  child.on("message", (message: FromPreview) => {
    if (message.kind === "locked" && window.browser.isConnected())
      window.replace(message.link).catch(failed);
  });
  child.once("exit", () => void window.close().catch(() => undefined));
  return (link) => {
    void (async () => {
      if (!window.browser.isConnected())
        window = await openDriven({ executablePath, headless: false });
      await window.show(link);
    })().catch(failed);
  };
}

function previewLink(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on("message", function hear(message: FromPreview) {
      if (message.kind === "note") console.log(message.text);
      if (message.kind === "link") {
        child.off("message", hear);
        resolve(message.link);
      }
    });
    child.once("exit", (code) => reject(endedEarly("The app", code)));
  });
}

function openBrowser(link: string): void {
  if (!hasDisplay()) return;
  const [program, ...args] = { win32: ["cmd", "/c", "start", ""], darwin: ["open"] }[
    process.platform as string
  ] ?? ["xdg-open"];
  if (program !== undefined)
    spawn(program, [...args, link], { stdio: "ignore", detached: true }).on("error", () => {});
}

function firstMessage(child: ChildProcess, who: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(endedEarly(who, code)));
  });
}

function endedEarly(who: string, code: number | null): Error {
  return new Error(
    `${who} ended at its start (exit code ${code ?? "none"}); what it said is above.`,
  );
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
