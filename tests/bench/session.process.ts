import { openSync, closeSync, readSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";

/** How long the page is kept busy to find its process. */
const SPIN_MS = 50;

/** Chromium keeps spare renderers and tells nobody which one is a page's: it is the one that works when the page does. */
export async function rendererOf(browser: Browser): Promise<(page: Page) => Promise<number>> {
  const system = await browser.newBrowserCDPSession();
  const cpuTimes = async (): Promise<Map<number, number>> => {
    const { processInfo } = await system.send("SystemInfo.getProcessInfo");
    const renderers = processInfo.filter(({ type }) => type === "renderer");
    return new Map(renderers.map(({ id, cpuTime }) => [id, cpuTime]));
  };
  return async (page) => {
    const before = await cpuTimes();
    for (let tries = 0; tries < 20; tries += 1) {
      await page.evaluate((ms) => {
        const end = performance.now() + ms;
        while (performance.now() < end);
      }, SPIN_MS);
      const spent = [...(await cpuTimes())].map(([id, seconds]) => ({
        id,
        ms: (seconds - (before.get(id) ?? 0)) * 1_000,
      }));
      const [most, next] = spent.toSorted((a, b) => b.ms - a.ms);
      if (most !== undefined && most.ms >= SPIN_MS && most.ms > 3 * (next?.ms ?? 0)) return most.id;
    }
    throw new Error("which renderer is the page's could not be told");
  };
}

/** How often `/proc` is looked at: what is found is told that much too late at most, and looking takes processor time too. */
const LOOK_MS = 4;
/** Nothing that is waited for is so early at its slowest, which is what counts; until then the page is measured undisturbed. */
const FIRST_LOOK_MS = 60;

/** Resolves with the moment the process had exited (also when nobody has asked for its exit code yet). */
export async function whenExited(pid: number, now: () => number, until: number): Promise<number> {
  return whenTrue(() => stateOf(pid) === null || stateOf(pid) === "Z", now, until);
}

/**
 * Watches the files that the process has open now and whose path contains `part`; the answer resolves with the moment none of
 * them was open any more. Only these are looked at: reading all of them every few milliseconds would be felt by what is measured.
 */
export function closingOf(
  pid: number,
  part: string,
): (now: () => number, until: number) => Promise<number> {
  const open = openFiles(pid).filter(({ path }) => path.includes(part));
  if (open.length === 0) throw new Error(`no file of ${part} is open`);
  return (now, until) =>
    whenTrue(() => !open.some(({ fd }) => pathOf(pid, fd)?.includes(part)), now, until);
}

/** Who has not seen it come true by `until` answers that moment: it took at least so long. */
async function whenTrue(is: () => boolean, now: () => number, until: number): Promise<number> {
  await sleep(FIRST_LOOK_MS);
  for (;;) {
    const at = now();
    if (is()) return at;
    if (at > until) return at;
    await sleep(LOOK_MS);
  }
}

function openFiles(pid: number): { readonly fd: string; readonly path: string }[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    const path = pathOf(pid, fd);
    return path === null ? [] : [{ fd, path }];
  });
}

function pathOf(pid: number, fd: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return null;
  }
}

function stateOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  } catch {
    return null;
  }
}

/** What all processors have spent since the machine started, and what of it its host took away; in hundredths of seconds. */
export function processorTimes(): { readonly all: number; readonly stolen: number } {
  const [, ...fields] = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]?.split(/\s+/u) ?? [];
  // proc(5): user nice system idle iowait irq softirq steal; guests' times are in user's already.
  const times = fields.slice(0, 8).map(Number);
  return { all: times.reduce((sum, time) => sum + time, 0), stolen: times[7] ?? 0 };
}

/** How often each of these keys stands in the writable memory of a process of ours. */
export function copiesInMemory(pid: number, wanted: readonly Buffer[]): number[] {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const places = wanted.map(() => new Set<number>());
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/u.exec(line) ?? [];
      if (from === undefined || to === undefined || rights?.startsWith("rw") !== true) continue;
      search(memory, Number.parseInt(from, 16), Number.parseInt(to, 16), wanted, places);
    }
  } finally {
    closeSync(memory);
  }
  return places.map(({ size }) => size);
}

const PIECE = 1 << 24;

function search(
  memory: number,
  from: number,
  to: number,
  wanted: readonly Buffer[],
  places: readonly Set<number>[],
): void {
  const longest = Math.max(...wanted.map(({ length }) => length));
  const piece = Buffer.alloc(PIECE);
  // Pieces overlap, so that what lies across their edge is found.
  for (let at = from; at < to; at += PIECE - longest) {
    let read = 0;
    try {
      read = readSync(memory, piece, 0, Math.min(PIECE, to - at), at);
    } catch {
      return;
    }
    const seen = piece.subarray(0, read);
    wanted.forEach((key, index) => {
      for (let found = seen.indexOf(key); found >= 0; found = seen.indexOf(key, found + 1))
        places[index]?.add(at + found);
    });
  }
}
