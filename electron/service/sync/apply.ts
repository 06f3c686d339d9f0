import type { SigningTrust } from "../guard/index.ts";
import { StoreError } from "../store/index.ts";
import type { ChartWriter, InboxPage, Journal } from "../store/index.ts";
import { createPageOpener, INBOX_INFO } from "../vault/index.ts";
import { createStraight } from "./apply-straight.ts";
import type { Straight } from "./apply-straight.ts";
import { createPortionWriter, nothingYet } from "./apply-write.ts";
import type { Opened, Total } from "./apply-write.ts";
import { createGaps } from "./gaps.ts";
import { createRevisits } from "./hold-revoked.ts";
import { createHolds } from "./holds.ts";
import type { Holds } from "./holds.ts";
import { createHeldProofs } from "./proofs-held.ts";
import { openPage } from "./sealed-page.ts";
import type { Applied } from "./types.ts";
import { createWhereabouts } from "./whereabouts.ts";

/** A transaction of the chart takes about this many resources: enough to gather a patient's, few enough that a seal waits little. */
const BATCH_RESOURCES = 1000;
const BATCH_PAGES = 200;

export interface ApplyOptions {
  readonly chart: ChartWriter;
  readonly journal: Journal;
  /** X25519 private key; borrowed. */
  readonly inboxKey: Uint8Array;
  /** AES-256-GCM key of the ledger; borrowed. */
  readonly ledgerKey: Uint8Array;
  readonly base: string;
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly tick: () => number;
  /** Lets other calls of the thread through between batches. */
  readonly pause: () => Promise<void>;
  /** As of {@link createStraight}. */
  readonly gatherMs?: number;
  /** True once the chart is to be closed: a batch that is not committed yet is given up, its pages stay in the inbox. */
  readonly closing?: () => boolean;
}

export interface Apply extends Holds, Straight {
  applyInbox(budgetMs: number): Promise<Applied>;
  /**
   * Whose signatures over clinical facts count from now on; none until then. What was accepted on one that does not count any
   * more is looked at again before this answers; the next {@link Apply.applyInbox} tells of it.
   */
  useSigningKeys(trust: SigningTrust): void;
  /** Zeroes what it derived of the vault's key. */
  close(): void;
}

/**
 * Brings the sealed inbox into the chart, oldest page first, until nothing is left or `budgetMs` is over. A page is
 * forgotten only after the chart has committed it; a kill in between applies it again, which changes nothing.
 */
export function createApply(options: ApplyOptions): Apply {
  const { chart, journal, inboxKey, ledgerKey } = options;
  const gaps = createGaps(journal);
  const whereabouts = createWhereabouts(chart);
  const opener = createPageOpener(inboxKey, INBOX_INFO);
  const proofs = createHeldProofs(options.now);

  const files = { chart, journal, ledgerKey, settle: whereabouts.add };
  const writer = createPortionWriter({ ...options, whereabouts, gaps, proofs, goOn });
  const revisits = createRevisits(files, { now: options.now, goOn });

  const waiting = (limit: number): readonly InboxPage[] =>
    journal.inbox(limit, { resources: BATCH_RESOURCES, except: gaps.pages() });

  async function applyBatch(pages: readonly InboxPage[], total: Total): Promise<void> {
    const whole: Opened[] = [];
    const seqs: number[] = [];
    for (const page of pages) {
      const opened = await openOrReport(page, total);
      if (opened === null) continue;
      whole.push(opened);
      seqs.push(page.seq);
    }
    if (whole.length === 0) return;
    if (whole.some(({ resources, notice }) => notice !== null || resources.length > 0))
      await know();
    writer.write([whole], total, () => ({ seqs }));
  }

  /** It takes a second in a large chart: whoever locks does not wait for it. */
  async function know(): Promise<void> {
    await whereabouts.know(async () => {
      await options.pause();
      goOn();
    });
  }

  const straight = createStraight({
    ...options,
    goOn,
    know,
    isBehind: () => waiting(1).length > 0,
    write(pages, isPlaced, rows) {
      const total = { ...nothingYet(), placed: isPlaced };
      writer.write(pages, total, rows);
      return writer.appliedOf(total, 0);
    },
  });

  /** @throws {@link GivenUp} once the chart is to be closed: whoever locked waits for this thread. */
  function goOn(): void {
    if (options.closing?.() === true) throw new GivenUp();
  }

  async function openOrReport(page: InboxPage, total: Total): Promise<Opened | null> {
    goOn();
    try {
      return { page, ...(await openPage(opener, page)) };
    } catch (error) {
      total.alarms.push(
        gaps.unopened(page, error instanceof Error ? error.message : "it does not open"),
      );
      return null;
    }
  }

  const applyInbox = async (budgetMs: number): Promise<Applied> => {
    const until = options.tick() + budgetMs;
    unlessGivenUp(revisits.again);
    straight.rest();
    const { patients, alarms } = revisits.take();
    const total = nothingYet(patients, alarms);
    let size = BATCH_PAGES;
    let givenUp = false;
    do {
      const pages = waiting(size);
      if (pages.length === 0) break;
      try {
        await applyBatch(pages, total);
      } catch (error) {
        givenUp = isGivenUp(error);
        if (givenUp) break;
        if (isOfTheDisk(error)) throw error;
        // One page must not hold up the ward: find it alone, keep it, and go on without it.
        if (pages.length > 1) size = 1;
        else
          total.alarms.push(
            gaps.unapplied(
              pages[0] as InboxPage,
              error instanceof Error ? error.message : "it cannot be applied",
            ),
          );
        continue;
      }
      size = BATCH_PAGES;
      await options.pause();
    } while (options.tick() < until && options.closing?.() !== true);
    return writer.appliedOf(
      total,
      givenUp || options.closing?.() === true
        ? null
        : Math.max(journal.inboxSize().pages - gaps.pages().size, 0),
    );
  };

  function useSigningKeys(trust: SigningTrust): void {
    proofs.trust(trust);
    try {
      unlessGivenUp(() => revisits.by(trust));
    } catch (error) {
      // A full disk keeps nobody from reading: it is tried again with the next pages.
      if (!isOfTheDisk(error)) throw error;
    }
  }

  return { applyInbox, ...straight, useSigningKeys, ...createHolds(files), close: opener.close };
}

/** A batch that was not written, because the chart is to be closed. */
class GivenUp extends Error {}

function isGivenUp(error: unknown): boolean {
  return (
    error instanceof GivenUp || (error instanceof StoreError && error.cause instanceof GivenUp)
  );
}

function unlessGivenUp(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isGivenUp(error)) throw error;
  }
}

// A full, damaged or busy disk is no page's fault: the whole call fails, nothing is forgotten, and it is tried again.
function isOfTheDisk(error: unknown): boolean {
  if (!(error instanceof StoreError)) return false;
  const { cause } = error;
  const code =
    typeof cause === "object" && cause !== null ? (cause as { code?: unknown }).code : null;
  return error.code !== "other" || typeof code === "string";
}
