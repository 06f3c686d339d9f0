import type { Remote } from "../store/index.ts";
import type { ApplyLoop } from "./apply-loop.ts";
import type { ChartThread, JournalThread, ReceivedPage, ReceivePage } from "./types.ts";

/** The chart closed under a page that was on its way into it: it is asked for again. */
export class PageLost extends Error {}

/** Where pages of the HIS go: into the sealed inbox, or during a first sync straight into the chart. */
export interface Intake {
  /**
   * Resolves when the page is committed, or refused.
   * @throws {@link PageLost}
   */
  receive(page: ReceivePage): Promise<ReceivedPage>;
  /**
   * Back-fill goes straight into the chart while `work` runs. CLINICAL: only while nobody asks for changes: what overtook
   * what is known for the inbox alone, and a page that is older than what it comes after would bring back the past.
   * Resolves when nothing of it is under way any more.
   */
  straight(work: () => Promise<void>): Promise<void>;
}

export function createIntake(room: {
  readonly journal: Pick<Remote<JournalThread>, "receivePage" | "sawStraight">;
  /** Null: closed, or its HIS is not to be believed. */
  readonly chart: () => Remote<ChartThread> | null;
  readonly applying: Pick<ApplyLoop, "run" | "soon" | "note">;
  /** So many resources are committed. */
  readonly onReceived: (fresh: number) => void;
}): Intake {
  const { journal, applying } = room;
  let isStraight = false;
  /** What waits in the inbox is being applied: what came later stands behind it. */
  let emptying: Promise<void> | null = null;
  const underWay = new Set<Promise<unknown>>();

  async function seal(page: ReceivePage): Promise<ReceivedPage> {
    const received = await journal.receivePage(page);
    if (received.problem === null) {
      room.onReceived(received.fresh);
      applying.soon();
    }
    return received;
  }

  async function write(chart: Remote<ChartThread>, page: ReceivePage): Promise<ReceivedPage> {
    const told = await chart.applyPage(page).catch(() => {
      // The rest of this fill is sealed, so that nothing is asked for again and again.
      isStraight = false;
      throw new PageLost("the chart was closed");
    });
    if (told.received === null) {
      const received = await seal({ ...page, bytes: told.bytes });
      emptying ??= applying.run().finally(() => {
        emptying = null;
      });
      return received;
    }
    if (told.late.length > 0) await journal.sawStraight(told.late);
    room.onReceived(told.received.fresh);
    for (const applied of told.applied) applying.note(applied);
    return told.received;
  }

  async function receive(page: ReceivePage): Promise<ReceivedPage> {
    if (!isStraight || page.kind !== "backfill") return await seal(page);
    await emptying;
    const chart = isStraight ? room.chart() : null;
    return chart === null ? await seal(page) : await write(chart, page);
  }

  return {
    async receive(page) {
      const received = receive(page);
      underWay.add(received);
      try {
        return await received;
      } finally {
        underWay.delete(received);
      }
    },
    async straight(work) {
      await applying.run();
      isStraight = true;
      try {
        await work();
      } finally {
        isStraight = false;
        await Promise.allSettled(underWay);
      }
    },
  };
}
