import { fork, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { _electron, type Browser, type ElectronApplication, type Page } from "@playwright/test";
import { findChromium, openDriven } from "../../tools/preview/driven.ts";
import type { FromPreview } from "../../tools/preview/index.ts";
import { findElectron, hasDisplay } from "../../tools/start/electron.ts";

export type ShellName = "preview" | "stand-in" | "electron";

/** Where one PC keeps its things. */
export interface Place {
  readonly dataDir: string;
  readonly policyFile: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly scratch: string;
}

/** The app as a person meets it: a page, whichever shell shows it. */
export interface App {
  readonly page: Page;
  /** Does what leads to a lock, and gives the fresh page that replaces the one there was. */
  replacedBy(locks: () => Promise<unknown>): Promise<Page>;
  /** Addresses the app sent to the system browser; only the preview tells. */
  readonly browsed: readonly string[];
  /** A link that opens the preview anew; other shells have none. */
  freshLink(): Promise<string>;
  /** The whole app is gone at once, as when the power fails. */
  kill9(): Promise<void>;
  stop(): Promise<void>;
}

/** Why a shell cannot be run here; null when it can. */
export function whyNot(shell: ShellName): string | null {
  if (shell === "stand-in")
    return standInFolder() === null ? "AMANAH_ELECTRON_STAND_IN names no folder" : null;
  if (shell !== "electron") return null;
  const found = findElectron();
  if ("absent" in found) return found.absent;
  return hasDisplay() ? null : "no display for Electron's windows";
}

export async function startApp(shell: ShellName, place: Place, browser: Browser): Promise<App> {
  if (shell === "preview") return startPreviewApp(place, browser);
  return shell === "stand-in" ? startStandIn(place) : startElectron(place);
}

async function startPreviewApp(place: Place, browser: Browser): Promise<App> {
  const preview = await forkPreview(place, []);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(preview.link);
  return {
    ...previewApp(preview, () => context.close()),
    page,
    async replacedBy(locks) {
      // A new document: the mark of the old one must be gone.
      await page.evaluate(() => Object.assign(window, { theOldPage: true }));
      const fresh = page.waitForFunction(() => !("theOldPage" in window), undefined, {
        timeout: 60_000,
      });
      await locks();
      await fresh;
      return page;
    },
  };
}

/** The preview in a browser of its own, as `npm start` shows it where there is a display. */
export async function startDrivenPreview(place: Place): Promise<App> {
  const preview = await forkPreview(place, ["--driven"]);
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("There is no Chromium.");
  const window = await openDriven({ executablePath, headless: true });
  const locked = (): Promise<Page | null> =>
    new Promise((resolvePage, reject) => {
      const hear = (message: FromPreview): void => {
        if (message.kind !== "locked") return;
        preview.child.off("message", hear);
        window.replace(message.link).then(resolvePage, reject);
      };
      preview.child.on("message", hear);
    });
  return {
    ...previewApp(preview, () => window.close()),
    page: await window.show(preview.link),
    async replacedBy(locks) {
      const fresh = locked();
      await locks();
      const page = await fresh;
      if (page === null) throw new Error("The window is closed.");
      return page;
    },
  };
}

interface ForkedPreview {
  readonly child: ChildProcess;
  readonly link: string;
  readonly nextLink: () => Promise<string>;
  readonly browsed: readonly string[];
}

async function forkPreview(place: Place, more: readonly string[]): Promise<ForkedPreview> {
  const child = fork(
    "out/preview/index.js",
    ["--data-dir", place.dataDir, "--policy", place.policyFile, "--port", "0", ...more],
    { stdio: ["ignore", "inherit", "inherit", "ipc"], env: place.environment },
  );
  const browsed: string[] = [];
  child.on("message", (message: FromPreview) => {
    if (message.kind === "browser") browsed.push(message.url);
  });
  const nextLink = (): Promise<string> =>
    new Promise((resolveLink) => {
      const hear = (message: FromPreview): void => {
        if (message.kind !== "link") return;
        child.off("message", hear);
        resolveLink(message.link);
      };
      child.on("message", hear);
    });
  const link = await new Promise<string>((resolveLink, reject) => {
    void nextLink().then(resolveLink);
    child.once("exit", (code) =>
      reject(new Error(`The app ended at its start (${code ?? "signal"}).`)),
    );
  });
  return { child, link, nextLink, browsed };
}

/** What is the same whoever shows the preview's page. */
function previewApp(
  { child, nextLink, browsed }: ForkedPreview,
  closeBrowser: () => Promise<void>,
): Omit<App, "page" | "replacedBy"> {
  let expected = false;
  child.once("exit", (code, signal) => {
    if (!expected) console.error(`The app ended by itself: ${signal ?? code}`);
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    expected = true;
    await ended(child, signal);
    await closeBrowser();
  };
  return {
    browsed,
    freshLink() {
      const fresh = nextLink();
      child.send({ kind: "renew-link" });
      return fresh;
    },
    kill9: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}

const patience = 60_000;

async function startStandIn(place: Place): Promise<App> {
  const folder = standInFolder();
  if (folder === null) throw new Error("No stand-in.");
  const copy = withModules(folder, join(place.scratch, "electron-stand-in"));
  const { launch } = (await import(pathToFileURL(join(copy, "run.mjs")).href)) as {
    launch: Launch;
  };
  const app = await launch({
    main: resolve("out/main/index.js"),
    args: appArguments(place),
    env: place.environment,
    userDataDir: join(place.scratch, "user-data"),
    timeout: patience,
  });
  return windowed(app, async () => {
    await app.quit();
  });
}

async function startElectron(place: Place): Promise<App> {
  const found = findElectron();
  if ("absent" in found) throw new Error(found.absent);
  const env = Object.fromEntries(
    Object.entries(place.environment).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  );
  const app = await _electron.launch({
    executablePath: found.executable,
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      resolve("."),
      `--user-data-dir=${join(place.scratch, "user-data")}`,
      ...appArguments(place),
    ],
    env,
  });
  return windowed(app, () => app.close());
}

/** What both Playwright's ElectronApplication and the stand-in's app have. */
type WindowedApp = Pick<ElectronApplication, "firstWindow" | "process"> & {
  waitForEvent(name: "window", options?: { timeout?: number }): Promise<Page>;
};
type Launch = (options: {
  main: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  userDataDir: string;
  timeout: number;
}) => Promise<WindowedApp & { quit(): Promise<unknown> }>;

async function windowed(app: WindowedApp, stop: () => Promise<void>): Promise<App> {
  return {
    page: await app.firstWindow(),
    browsed: [],
    async replacedBy(locks) {
      const window = app.waitForEvent("window", { timeout: patience });
      await locks();
      return window;
    },
    freshLink: () => Promise.reject(new Error("Only the preview is opened by a link.")),
    kill9: () => ended(app.process(), "SIGKILL"),
    stop,
  };
}

const appArguments = (place: Place) => [
  `--data-dir=${place.dataDir}`,
  `--policy=${place.policyFile}`,
];

/** The folder of the stand-in, as the environment names it. */
function standInFolder(): string | null {
  const named = process.env["AMANAH_ELECTRON_STAND_IN"];
  return named !== undefined && existsSync(join(named, "run.mjs")) ? resolve(named) : null;
}

/** The stand-in may lie where nothing can be written: it runs from a copy that sees our playwright-core. */
function withModules(folder: string, copy: string): string {
  if (existsSync(copy)) return copy;
  mkdirSync(copy, { recursive: true });
  for (const part of ["run.mjs", "package.json", "lib"])
    cpSync(join(folder, part), join(copy, part), { recursive: true });
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"), "dir");
  return copy;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolveExit) => child.once("exit", resolveExit));
  child.kill(signal);
  await exit;
}
