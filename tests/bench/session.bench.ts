import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { build as bundle } from "vite";
import { noCardReader, startCardReader, type CardReader } from "../badge/pcscd.ts";
import { makeVirtualCard, type VirtualCard } from "../badge/virtual-card.ts";
import { PEOPLE } from "../../tools/his/people.ts";
import { findChromium, openDriven } from "../../tools/preview/driven.ts";
import { figuresOf, type Removal } from "./session.figures.ts";
import { startBenchHis, type BenchHis } from "./session.his.ts";
import { createPageEar, type PageClock, type PageEar, type PageSaid } from "./session.page.ts";
import { startPc, type BenchPc, type Built } from "./session.pc.ts";
import {
  closingOf,
  copiesInMemory,
  processorTimes,
  rendererOf,
  whenExited,
} from "./session.process.ts";

/** A ward PC that has been given far too much, so that its first sync lasts. */
const BEDS = 2000;
/** Resources that must have come since the removal before; fewer, and the first sync is over or stands still. */
const LEAST_PROGRESS = 1_000;
const PATIENCE_MS = 60_000;
/**
 * So long somebody looks at the board before she takes her badge: at random, so that every phase of the sync is met, and
 * past the time for which a sign-in keeps bulk work still, so that the badge is taken while pages come and are applied.
 */
const LOOKING_MS = { least: 1_000, more: 1_000 };
/** What comes later than this after a removal has failed, and counts as that. */
const GIVEN_UP_MS = 15_000;

const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * `session.*`: from the return of `SCardGetStatusChange` with the removal of a badge to the refused call, the hidden
 * screen, the ended page and the closed vault; and from badge and PIN to the board. Half of the removals lock, half seal.
 * Options: `--removals=200`, `--beds=2000`, `--each` (every removal as a line of JSON).
 */
export async function benchSession(args: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      removals: { type: "string" },
      beds: { type: "string" },
      each: { type: "boolean", default: false },
    },
    strict: false,
  });
  const wanted = Number(values["removals"] ?? 200);
  const executablePath = findChromium();
  const obstacle = noCardReader();
  if (executablePath === null || obstacle !== null) {
    console.error(`No figures of the session: ${obstacle ?? "there is no Chromium"}.`);
    return {};
  }
  const folder = mkdtempSync(join(tmpdir(), "amanah-bench-session-"));
  const load = loadavg()[0] ?? 0;
  const built = await buildShell();
  const reader = await startCardReader();
  const beds = Number(values["beds"] ?? BEDS);
  const his = await startBenchHis(join(folder, "his"), beds, { idle: true });
  try {
    const bench = await openBench({
      folder,
      built,
      reader,
      his,
      executablePath,
      each: values["each"] === true,
    });
    const removals: Removal[] = [];
    const from = processorTimes();
    while (removals.length < wanted) {
      const hard = removals.length >= wanted / 2;
      const most = hard ? wanted - removals.length : Math.ceil(wanted / 2) - removals.length;
      const more = await bench.onFreshPc(hard, most);
      if (more.length === 0) throw new Error("the first sync is over before a badge is taken");
      removals.push(...more);
      console.error(`${removals.length} of ${wanted} removals; ${bench.pcs()} first syncs`);
    }
    console.error(`Load average: ${load} before, ${loadavg()[0]} at the end.`);
    const to = processorTimes();
    return {
      ...figuresOf(removals, bench.pcs()),
      // No program of this machine can be in time while its host gives its processors to others.
      "session.stolenPercent":
        Math.round((1_000 * (to.stolen - from.stolen)) / (to.all - from.all)) / 10,
    };
  } finally {
    await his.stop();
    await reader.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The bundles as they ship, with the measuring shell in the preview's place. */
async function buildShell(): Promise<Built> {
  const folder = join("out", "bench-session");
  const quiet = { logLevel: "error" as const };
  await bundle({
    ...quiet,
    configFile: "build/vite.page.config.ts",
    build: { outDir: resolve(folder, "page") },
  });
  await bundle({
    ...quiet,
    configFile: "build/vite.node.config.ts",
    mode: "badge",
    build: { outDir: join(folder, "badge") },
  });
  await bundle({
    ...quiet,
    configFile: "build/vite.node.config.ts",
    mode: "preview",
    build: {
      outDir: join(folder, "shell"),
      rolldownOptions: { input: { shell: "tests/bench/session.shell.ts" } },
    },
  });
  return {
    shell: join(folder, "shell", "shell.js"),
    badge: resolve(folder, "badge", "index.js"),
    page: join(folder, "page"),
  };
}

interface Bench {
  readonly folder: string;
  readonly built: Built;
  readonly reader: CardReader;
  readonly his: BenchHis;
  readonly executablePath: string;
  /** Says each removal on stderr. */
  readonly each: boolean;
}

async function openBench({ folder, built, reader, his, executablePath, each }: Bench) {
  const [nurse] = his.people;
  const uid = PEOPLE.find(({ id }) => id === nurse?.id)?.badges[0]?.uid;
  if (nurse === undefined || uid === undefined) throw new Error("nobody of the demo has a badge");
  const who = nurse;
  const card = makeVirtualCard({ uid });
  let pcs = 0;

  /** Removals on one PC for as long as its first sync runs, `most` at most. */
  async function onFreshPc(hard: boolean, most: number): Promise<Removal[]> {
    pcs += 1;
    const place = join(folder, `pc-${pcs}`);
    const policy = {
      ...(await his.policy(`pc-${pcs}`)),
      session: { badge: "required", ...(hard && { hardLockMinutes: 0 }) },
    };
    const pc = await startPc(place, built, policy, process.env);
    const ear = createPageEar(now);
    const window = await openDriven({
      executablePath,
      headless: true,
      // A ward PC has a graphics processor; without one Chromium would emulate it for every frame, on the processors measured.
      args: ["--disable-gpu"],
      prepare: async (page, context) => ear.hear(await context.newCDPSession(page)),
    });
    try {
      const first = await window.show(pc.link);
      const seat: Seat = {
        pc,
        page: Promise.resolve(first),
        ear,
        hard,
        card,
        nurse: who,
        reader,
        renderer: await rendererOf(window.browser),
      };
      pc.onLocked((link) => {
        seat.page = window.replace(link).then((page) => page ?? first);
        // Said where it is waited for; at the end of a PC nobody waits.
        seat.page.catch(() => undefined);
      });
      const removals: Removal[] = [];
      while (removals.length < most) {
        const removal = await oneRemoval(seat, removals.length + 1, removals.at(-1) ?? null);
        if (removal === null) break;
        removals.push(removal);
        if (each) console.error(JSON.stringify(removal));
      }
      return removals;
    } finally {
      await window.close();
      await pc.stop();
      rmSync(place, { recursive: true, force: true });
    }
  }
  return { onFreshPc, pcs: () => pcs };
}

interface Seat {
  readonly pc: BenchPc;
  /** The page that is shown, once it has loaded; another one after each lock. */
  page: Promise<Page>;
  readonly ear: PageEar;
  readonly hard: boolean;
  readonly card: VirtualCard;
  readonly nurse: BenchHis["people"][number];
  readonly reader: CardReader;
  readonly renderer: (page: Page) => Promise<number>;
}

/**
 * Badge, PIN, board, a look, badge away. Null when the first sync is over. Without a removal before, nothing has come from
 * the HIS yet, and the board waits for the network and not for us.
 */
async function oneRemoval(
  seat: Seat,
  number: number,
  before: Removal | null,
): Promise<Removal | null> {
  const { pc, ear, reader } = seat;
  const page = await seat.page;
  // The lock screen with her name: the roster may still be on its way.
  const name = page.getByRole("option", { name: seat.nurse.name.en });
  await name.waitFor({ timeout: PATIENCE_MS });
  const start = pc.mark();
  const card = await reader.insert(seat.card);
  const cardIn = await pc.next("card-in", start);
  const pin = await heard(ear.said, "pin", null);
  await page.keyboard.type(seat.nurse.pin);
  await page.keyboard.press("Enter");
  const enter = await heard(ear.said, "enter", pin.document);
  const board = await heard(ear.said, "board", pin.document);
  const clock = await ear.clock();
  const { facts } = await pc.ask({ kind: "facts" });
  if (facts.kdfMs === null) throw new Error("no PIN was checked");
  if (facts.state !== "open") throw new Error(`nobody is signed in: ${facts.state}`);
  const progress = facts.done - (before?.synced ?? 0);
  if (facts.connection !== "catching-up" || (before !== null && progress < LEAST_PROGRESS)) {
    await card.remove();
    return null;
  }
  const pid = await seat.renderer(page);
  await sleep(LOOKING_MS.least + Math.random() * LOOKING_MS.more);

  const mark = pc.mark();
  const until = now() + GIVEN_UP_MS;
  const gone = whenExited(pid, now, until);
  // Before: a chart is closed sooner than this process hears of it.
  const whenClosed = seat.hard ? closingOf(pc.pid, "chart") : null;
  await card.remove();
  const out = await pc.next("card-out", mark);
  const closed = whenClosed?.(now, until) ?? Promise.resolve(out.at);
  const refused = await pc.next("refused", mark);
  if (refused.code !== "LOCKED") throw new Error(`a locked PC answered ${refused.code}`);
  const [exited, handles] = await Promise.all([gone, closed]);
  const fresh = await heard(ear.said, "first-paint", null, pin.document).catch(
    async (error: unknown) => {
      const loaded = seat.page.then(
        (next) => next.url(),
        (why: unknown) => String(why),
      );
      const where = await Promise.race([loaded, sleep(1_000, "still loading")]);
      throw new Error(`${String(error)}: ${where}`, { cause: error });
    },
  );
  const freshClock = await ear.clock();
  if (freshClock.document !== fresh.document) throw new Error("the page was replaced twice");
  const removed = ear.said.find((one) => one.kind === "removed" && one.document === pin.document);
  const covered = ear.said.find((one) => one.kind === "hidden" && one.document === pin.document);
  const hidden = Math.min(
    covered === undefined ? Number.POSITIVE_INFINITY : at(covered, clock),
    at(fresh, freshClock),
  );
  const zeroed = seat.hard ? await zeroedIn(pc, number % SEARCH_EVERY === 0) : null;
  return {
    hard: seat.hard,
    refused: refused.at - out.at,
    answered: refused.answered - out.at,
    heard: out.heard - out.at,
    removed: removed === undefined ? null : at(removed, clock) - out.at,
    hidden: hidden - out.at,
    coveredFirst: covered !== undefined,
    pageGone: exited - out.at,
    handlesClosed: handles - out.at,
    keysZeroed: (zeroed?.at ?? out.at) - out.at,
    keyCopies: zeroed?.copies ?? null,
    signIn:
      number === 1
        ? null
        : {
            tapToPin: at(pin, clock) - cardIn.at,
            pinToBoard: board.at - enter.at,
            kdf: facts.kdfMs,
          },
    synced: facts.done,
    uncertainty: Math.max(clock.uncertainty, freshClock.uncertainty),
  };
}

/** Reading all of a process's memory takes a second or so. */
const SEARCH_EVERY = 8;

/** The purpose keys of the records and those of the vault with its key: fewer means that something was left. */
const LEAST_KEYS = 9;

async function zeroedIn(
  pc: BenchPc,
  search: boolean,
): Promise<{ at: number; copies: number | null }> {
  await sleep(300);
  const { at: moment, keys } = await pc.ask({ kind: "zeroed" });
  if (keys.length < LEAST_KEYS) throw new Error(`only ${keys.length} keys were zeroed`);
  const wanted = [...new Set(keys)].map((key) => Buffer.from(key, "hex"));
  const copies = search ? copiesInMemory(pc.pid, wanted) : null;
  return { at: moment, copies: copies?.reduce((sum, one) => sum + one, 0) ?? null };
}

const at = (said: PageSaid, clock: PageClock): number => {
  if (said.document !== clock.document) throw new Error("another document's clock");
  return said.at + clock.offset;
};

/** The first message of this kind from `document`, or from any that is none of those before. */
async function heard(
  said: readonly PageSaid[],
  kind: PageSaid["kind"],
  document: number | null,
  after = said.findLast((one) => one.kind === "board")?.document ?? 0,
): Promise<PageSaid> {
  const end = now() + PATIENCE_MS;
  for (;;) {
    const found = said.find(
      (one) =>
        one.kind === kind && (document === null ? one.document > after : one.document === document),
    );
    if (found !== undefined) return found;
    if (now() > end) throw new Error(`the page said no "${kind}"`);
    await sleep(2);
  }
}
