import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

/**
 * A browser leaves on screen what it drew last until something else is drawn. So long a page has to draw its cover before its
 * process is ended; it usually needs two frames.
 */
const COVER_MS = 130;

/** Longer than it ever took a browser to notice that a page's process had died, and how often it is asked. */
const NOTICED_MS = 3_000;
const ASKED_MS = 5;

/** Where Chromium lies, on the systems it was looked for on. */
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A Chromium of the preview's own, in a throw-away profile: its pages are ended from outside, as Electron's are. */
export interface DrivenBrowser {
  readonly browser: Browser;
  /** Shows the link in a fresh page. */
  show(link: string): Promise<Page>;
  /**
   * After a lock: lets the page cover itself, kills the process of every page there is, and shows the link in a fresh one.
   * Answers null when the page had been closed by hand: then nothing is shown.
   */
  replace(link: string): Promise<Page | null>;
  close(): Promise<void>;
}

export interface DrivenOptions {
  readonly executablePath: string;
  readonly headless: boolean;
  readonly args?: readonly string[];
  /** Before a fresh page is led anywhere. */
  readonly prepare?: (page: Page, context: BrowserContext) => Promise<void>;
}

export function findChromium(): string | null {
  return CHROMIUM.find((file) => existsSync(file)) ?? null;
}

export async function openDriven(options: DrivenOptions): Promise<DrivenBrowser> {
  const { executablePath, headless } = options;
  // Chromium refuses to start its sandbox as root. Dumps: see `electron/main`.
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const shown = headless ? [] : ["--start-maximized"];
  const args = ["--disable-breakpad", ...shown, ...root, ...(options.args ?? [])];
  const browser = await chromium.launch({ executablePath, headless, args });
  const viewport = headless ? { width: 1366, height: 768 } : null;
  const context = await browser.newContext({ viewport });
  const system = await browser.newBrowserCDPSession();
  let current: Page | null = null;

  // One after the other: a second lock may fall while the page of the first one is still loading.
  let working: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = working.then(work);
    working = turn.catch(() => undefined);
    return turn;
  };

  async function show(link: string): Promise<Page> {
    const page = await context.newPage();
    current = page;
    page.once("close", () => {
      if (current === page) current = null;
    });
    await options.prepare?.(page, context);
    await page.goto(link);
    return page;
  }

  async function renderers(): Promise<number[]> {
    const { processInfo } = await system.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  }

  /**
   * SECURITY: P5. Killed, not asked: the memory of a page goes with its process, whatever the page is busy with. Chromium may give
   * to the fresh page a process that it does not know yet to be dead, the old page's or one that it keeps in reserve, and that
   * page hangs: so it is waited for until it knows.
   */
  async function endPages(): Promise<void> {
    const ended = new Set(await renderers());
    for (const id of ended) kill(id);
    const patience = performance.now() + NOTICED_MS;
    while ((await renderers()).some((id) => ended.has(id)) && performance.now() < patience)
      await sleep(ASKED_MS);
  }

  return {
    browser,
    show: (link) => inTurn(() => show(link)),
    replace: (link) =>
      inTurn(async () => {
        const old = current;
        if (old === null) return null;
        current = null;
        await sleep(COVER_MS);
        await endPages();
        const fresh = await show(link);
        await old.close().catch(() => undefined);
        return fresh;
      }),
    close: () => browser.close(),
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It had ended by itself.
  }
}
