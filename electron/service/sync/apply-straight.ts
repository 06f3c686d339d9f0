import type { BackfillRow, Journal } from "../store/index.ts";
import type { JournalRows, Opened } from "./apply-write.ts";
import { groupCommit } from "./group-commit.ts";
import { createNewestKnown, STRAIGHT } from "./newest-known.ts";
import { NotAPage } from "./page.ts";
import type { Page } from "./page.ts";
import { newIn } from "./recent.ts";
import type { Seen } from "./recent.ts";
import { backfillAfter, isLast, NOTHING, pageIn, toldOf } from "./received.ts";
import type { Applied, AppliedPage, ReceivedPage, ReceivePage } from "./types.ts";

/** A transaction of the chart takes about this much JSON: a thousand resources, as one of pages from the inbox does. */
const BATCH_BYTES = 1024 * 1024;
/** How much smaller gzip makes a page, about. */
const COMPRESSION = 10;
/** Pages that come within this time of each other are written together. */
const GATHER_MS = 40;
/** The last ones need not wait for others. */
const LULL_MS = 12;
/** Between two pages of a first sync lies no more, unless the HIS is slow. */
const MOMENT_MS = 1_000;
/** Who lies where is looked at no oftener while pages come by the thousand. */
const LOOK_MS = 150;

/** The way of a first sync: from the HIS's answer into the chart, read once and sealed never. */
export interface Straight {
  /**
   * Writes a page of back-fill into the chart, and then into the journal how far its section is; a kill in between has it
   * fetched again, which changes nothing. What cannot be written now is given back, and belongs into the inbox: behind what
   * waits there already, before a lock, from a disk that is full. Nobody else may receive meanwhile: see `intake.ts`.
   */
  applyPage(input: ReceivePage): Promise<AppliedPage>;
  /** The inbox is asked for what is left: with that a first sync ends. */
  rest(): void;
  /** A first sync is in its midst: pages are being written, or were a moment ago. */
  isFilling(): boolean;
}

interface Waiting {
  readonly input: ReceivePage;
  /** Once it is read. */
  told: ReceivedPage | null;
  late: readonly Seen[];
}

export function createStraight(room: {
  readonly journal: Pick<Journal, "meta" | "setMeta">;
  /** Monotonic milliseconds. */
  readonly tick: () => number;
  readonly gatherMs?: number;
  /** Throws once the chart is to be closed. */
  readonly goOn: () => void;
  readonly know: () => Promise<void>;
  /** Older pages wait in the inbox: they go first. */
  readonly isBehind: () => boolean;
  readonly write: (
    portions: Iterable<readonly Opened[]>,
    isPlaced: boolean,
    rows: () => JournalRows,
  ) => Applied;
}): Straight {
  const { journal, tick } = room;
  let written: Applied[] = [];
  let underWay = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let cameAt = Number.NEGATIVE_INFINITY;

  const commit = groupCommit<Waiting>(writeAll, {
    tick,
    gatherMs: room.gatherMs ?? GATHER_MS,
    lullMs: LULL_MS,
    weight: { of: ({ input }) => bytesOf(input), full: BATCH_BYTES },
  });

  function writeAll(group: readonly Waiting[]): void {
    room.goOn();
    if (room.isBehind()) throw new Behind();
    const newest = createNewestKnown(journal, STRAIGHT);
    const backfill: BackfillRow[] = [];
    const meta: Record<string, string> = {};

    function opened(waiting: Waiting): Opened[] {
      const { input } = waiting;
      const page = pageOrNull(waiting);
      if (page === null) return [];
      const row = backfillAfter(input, page);
      if (row !== null) backfill.push(row);
      waiting.late = newIn(page.entries, input.answeredAt);
      Object.assign(meta, newest.versions(page.entries, input.answeredAt, page.greatest));
      return [openedOf(input, page)];
    }
    function* portions(): Iterable<readonly Opened[]> {
      // A patient's pages together: his card is made once.
      for (const pages of Map.groupBy(group, ({ input }) => input.patient).values())
        yield pages.flatMap(opened);
    }
    const isPlaced = tick() - lookedAt < LOOK_MS;
    written.push(room.write(portions(), isPlaced, () => ({ seqs: [], backfill, meta })));
    if (!isPlaced) lookedAt = tick();
  }

  function takeWritten(): readonly Applied[] {
    const taken = written;
    written = [];
    return taken;
  }

  return {
    async applyPage(input) {
      underWay += 1;
      cameAt = tick();
      try {
        room.goOn();
        await room.know();
        const waiting: Waiting = { input, told: null, late: [] };
        await commit(waiting);
        if (waiting.told === null) throw new Error("written, but not read");
        return { received: waiting.told, applied: takeWritten(), late: waiting.late };
      } catch {
        // Whatever it is, the inbox keeps the page, and who applies it from there says what is wrong.
        return { received: null, bytes: input.bytes };
      } finally {
        underWay -= 1;
      }
    },
    rest() {
      cameAt = Number.NEGATIVE_INFINITY;
    },
    isFilling: () => underWay > 0 || tick() - cameAt < MOMENT_MS,
  };
}

class Behind extends Error {}

/** As JSON, about. */
function bytesOf({ bytes, encoding }: ReceivePage): number {
  return encoding === null ? bytes.byteLength : bytes.byteLength * COMPRESSION;
}

/** Null: it is none, and `waiting` says so. */
function pageOrNull(waiting: Waiting): Page | null {
  try {
    const page = pageIn(waiting.input);
    waiting.told = toldOf(waiting.input, page);
    return page;
  } catch (error) {
    if (!(error instanceof NotAPage)) throw error;
    waiting.told = { ...NOTHING, problem: error.message };
    return null;
  }
}

function openedOf(input: ReceivePage, page: Page): Opened {
  const { kind, type, patient, asOf } = input;
  const { entries, proofs } = page;
  return {
    page: { kind, type, patient, last: isLast(input, page), asOf, resources: entries.length },
    resources: entries.map(({ resource }) => resource),
    proofs: proofs.map(({ resource }) => resource),
    notice: null,
  };
}
