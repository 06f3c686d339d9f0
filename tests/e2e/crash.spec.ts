import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page, PlaywrightWorkerArgs } from "@playwright/test";
import { findPlainText } from "../../tools/smoke/plain-text.ts";
import { beds, en, openFirstPatient, PATIENCE, signIn, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

/** The user that root steps down to: Chromium starts no sandbox as root. */
const NOBODY = 65_534;
/** Two bytes of nothing before and after, as in a dump. */
const PLANTED = "planted.dmp";

test.skip(process.platform !== "linux", "core files are looked for on Linux only");

test("A page that crashes with a chart open locks the session and leaves no file that names the patient @long", async ({
  newPc,
  nurse,
  playwright,
}, info) => {
  const pc = await newPc();
  const app = await pc.start();
  const browser = await ownBrowser(playwright, info.project.use.launchOptions ?? {}, true);
  try {
    const page = await browser.context.newPage();
    await page.goto(await app.freshLink());
    await signIn(page, nurse);
    await wholeBoard(page);
    const mrn = (
      await beds(page)
        .getByText(/\d{6,}/u)
        .first()
        .innerText()
    ).trim();
    const name = await openFirstPatient(page);
    await crash(page);

    const next = await browser.context.newPage();
    await next.goto(await app.freshLink());
    await expect(next.getByText(en.lock.reason["page-lost"])).toBeVisible(PATIENCE);
    await browser.context.close();
    const looked = [browser.folder, pc.dataDir];
    expect(readdirSync(browser.cwd)).toEqual([]);
    expect(findPlainText(looked, [name, mrn])).toEqual([]);
    const planted = join(browser.cwd, PLANTED);
    writeFileSync(planted, `\0\0${mrn}\0\0`);
    expect(findPlainText(looked, [name, mrn])).toEqual([{ file: planted, canary: mrn }]);
  } finally {
    await browser.close();
  }
});

test("A browser without its sandbox does leave the page's memory behind, and the same search finds it there @long", async ({
  playwright,
}, info) => {
  const browser = await ownBrowser(playwright, info.project.use.launchOptions ?? {}, false);
  try {
    const page = await browser.context.newPage();
    const canary = "canary-of-nobody-at-all";
    await page.setContent(`<p>${canary}</p>`);
    await crash(page);
    await browser.context.close();
    const core = readdirSync(browser.cwd);
    test.skip(core.length === 0, "core files of this machine go to a program, not into the folder");
    expect(findPlainText([browser.folder], [canary]).map((leak) => leak.canary)).toContain(canary);
  } finally {
    await browser.close();
  }
});

async function crash(page: Page): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  devTools.send("Page.crash").catch(() => undefined);
  await crashed;
}

interface OwnBrowser {
  readonly context: BrowserContext;
  /** All that it may write to: its profile, its temporary files, the folder it works in. */
  readonly folder: string;
  readonly cwd: string;
  close(): Promise<void>;
}

/** A browser that may write core files, dumps and a profile, where they can be found; with the switch of `electron/main`. */
async function ownBrowser(
  playwright: PlaywrightWorkerArgs["playwright"],
  launch: { executablePath?: string },
  sandbox: boolean,
): Promise<OwnBrowser> {
  const folder = mkdtempSync(join(tmpdir(), "amanah-crash-"));
  const userData = made(folder, "user-data");
  const cwd = made(folder, "cwd");
  const tmp = made(folder, "tmp");
  const { executablePath = "chromium" } = launch;
  const asRoot = process.getuid?.() === 0;
  if (asRoot) for (const one of [folder, userData, cwd, tmp]) chownSync(one, NOBODY, NOBODY);
  const stepDown = join(folder, "chromium.sh");
  writeFileSync(
    stepDown,
    `#!/bin/sh\nexec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups ${executablePath} "$@"\n`,
  );
  chmodSync(stepDown, 0o755);
  const before = process.cwd();
  execFileSync("prlimit", ["--pid", String(process.pid), "--core=unlimited:unlimited"]);
  process.chdir(cwd);
  const context = await playwright.chromium
    .launchPersistentContext(userData, {
      executablePath: asRoot ? stepDown : executablePath,
      chromiumSandbox: sandbox,
      args: ["--disable-breakpad"],
      env: { ...process.env, HOME: userData, TMPDIR: tmp },
    })
    .finally(() => process.chdir(before));
  return {
    context,
    folder,
    cwd,
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function made(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}
