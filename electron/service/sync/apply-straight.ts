import type { BackfillRow, Journal } from "../store/index.ts";
import type { JournalRows, Opened } from "./apply.ts";
import { groupCommit } from "./group-commit.ts";
import { createNewestKnown, STRAIGHT } from "./newest-known.ts";
import { NotAPage } from "./page.ts";
import type { Page } from "./page.ts";
import { backfillAfter, isLast, NOTHING, pageIn, toldOf } from "./received.ts";
import type { Applied, AppliedPage, ReceivePage } from "./types.ts";

/** A transaction of the chart takes about this many resources, as one of pages from the inbox does. */
const BATCH_RESOURCES = 1000;
/** Pages that come within this time of each other are written together. */
const GATHER_MS = 40;
/** The last ones need not wait for others. */
const LULL_MS = 12;
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
  /** Pages that have been given and not been written. */
  underWay(): number;
}

interface Waiting {
  readonly input: ReceivePage;
  readonly page: Page;
  readonly row: BackfillRow | null;
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
  readonly write: (pages: readonly Opened[], isPlaced: boolean, rows: JournalRows) => Applied;
}): Straight {
  const { journal, tick } = room;
  let told: Applied[] = [];
  let underWay = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const commit = groupCommit<Waiting>(writeAll, {
    tick,
    gatherMs: room.gatherMs ?? GATHER_MS,
    lullMs: LULL_MS,
    weight: { of: ({ page }) => page.entries.length, full: BATCH_RESOURCES },
  });

  function writeAll(group: readonly Waiting[]): void {
    room.goOn();
    if (room.isBehind()) throw new Behind();
    const newest = createNewestKnown(journal, STRAIGHT);
    const meta: Record<string, string> = {};
    for (const { input, page } of group)
      Object.assign(meta, newest.versions(page.entries, input.answeredAt, page.greatest));
    const isPlaced = tick() - lookedAt < LOOK_MS;
    told.push(
      room.write(group.map(openedOf), isPlaced, {
        seqs: [],
        backfill: group.flatMap(({ row }) => row ?? []),
        meta,
      }),
    );
    if (!isPlaced) lookedAt = tick();
  }

  function takeTold(): readonly Applied[] {
    const taken = told;
    told = [];
    return taken;
  }

  async function applied(input: ReceivePage): Promise<AppliedPage> {
    try {
      room.goOn();
      const page = pageIn(input);
      await room.know();
      await commit({ input, page, row: backfillAfter(input, page) });
      return { received: toldOf(input, page), applied: takeTold() };
    } catch (error) {
      if (error instanceof NotAPage)
        return { received: { ...NOTHING, problem: error.message }, applied: [] };
      // Whatever it is, the page is whole: the inbox keeps it, and who applies it from there says what is wrong.
      return { received: null, bytes: input.bytes };
    }
  }

  return {
    async applyPage(input) {
      underWay += 1;
      try {
        return await applied(input);
      } finally {
        underWay -= 1;
      }
    },
    underWay: () => underWay,
  };
}

class Behind extends Error {}

function openedOf({ input, page }: Waiting): Opened {
  const { kind, type, patient, asOf } = input;
  const { entries, proofs } = page;
  return {
    page: { kind, type, patient, last: isLast(input, page), asOf, resources: entries.length },
    resources: entries.map(({ resource }) => resource),
    proofs: proofs.map(({ resource }) => resource),
    notice: null,
  };
}
