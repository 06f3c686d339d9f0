import type { HisAnswer, HisClient } from "../his/index.ts";
import type { Remote } from "../store/index.ts";
import type { Batches } from "./batches.ts";
import { createPaging, later } from "./keyset.ts";
import { PageLost, type Intake } from "./intake.ts";
import type { Link } from "./link.ts";
import type { Merges } from "./merges.ts";
import type { ProofsAsked } from "./proofs.ts";
import type { JournalThread, ReceivedPage, ReceivePage, SyncPolicy } from "./types.ts";

/** What every part of the sync works with. */
export interface SyncParts {
  readonly his: HisClient;
  readonly link: Link;
  readonly journal: Remote<JournalThread>;
  readonly policy: SyncPolicy;
  readonly now: () => number;
  readonly merges: Merges;
  /** Whether the HIS gives what vouches for resources of a type together with them. */
  readonly proofs: ProofsAsked;
  /** Many questions in one request, where the HIS has proven itself in that. */
  readonly batches: Batches;
  /** Something was committed that is no page: it waits to be applied. */
  readonly onMark: () => void;
  readonly intake: Intake;
}

/** An answer that is no page: nothing was committed. */
export class PageRefused extends Error {}

/** More pages than any honest answer has. */
const MOST_PAGES = 10_000;

/** A search, and how it is asked for what changed at or after an instant (null: it cannot be). */
export interface Question {
  readonly target: string;
  /** Server time of its first page, where it is not the first that is asked now. */
  readonly asOf: string | null;
  readonly since: ((instant: string) => string) | null;
  /** Its first page, where that came already, asked in a batch. */
  readonly first?: HisAnswer | undefined;
}

/**
 * Asks a question and all its pages, committing each; twice when its pages may have shifted meanwhile. Resolves when the
 * last is committed; throws `HisError`, or {@link PageRefused} when an answer is no page or the pages go in a circle.
 */
export async function askAll(
  parts: SyncParts,
  question: Question,
  input: Pick<ReceivePage, "kind" | "type" | "patient"> & { readonly cursor: "keep" | "move" },
  onPage: (page: ReceivedPage) => void = () => {},
): Promise<{ readonly asOf: string; readonly greatest: string | null; readonly fresh: number }> {
  const { his, link, intake } = parts;
  let fresh = 0;
  let { asOf } = question;
  let greatest: string | null = null;
  let ahead = question.first ?? null;
  for (const isSecond of [false, true]) {
    const paging = createPaging(question.since);
    const seen = new Set<string>();
    let target: string | null = question.target;
    while (target !== null) {
      const page: string = target;
      if (seen.has(page) || seen.size >= MOST_PAGES)
        throw new PageRefused("its pages go in a circle");
      seen.add(page);
      let received: ReceivedPage | null = null;
      while (received === null) {
        const answer = ahead ?? (await link.run(async () => await his.get(page, "as-it-came")));
        ahead = null;
        asOf ??= answer.serverTime;
        received = await orLost(
          intake.receive({
            bytes: answer.bytes,
            encoding: answer.encoding ?? null,
            base: his.base,
            kind: input.kind,
            type: input.type,
            patient: input.patient,
            asOf,
            answeredAt: answer.serverTime,
            isRepeated: !isSecond && paging.mayHaveShifted(),
            cursor: input.cursor === "move" ? { notAfter: asOf } : null,
          }),
        );
      }
      if (received.problem !== null) throw new PageRefused(received.problem);
      fresh += received.fresh;
      if (received.linked.length > 0) await parts.merges.note(received.linked);
      onPage(received);
      greatest = later(greatest, received.greatest);
      target = paging.after(received);
    }
    if (!paging.mayHaveShifted()) break;
  }
  if (asOf === null) throw new PageRefused("it gave no answer");
  return { asOf, greatest, fresh };
}

/** Null: the page is gone, and asked for again; it goes into the inbox then. */
async function orLost(receiving: Promise<ReceivedPage>): Promise<ReceivedPage | null> {
  try {
    return await receiving;
  } catch (error) {
    if (error instanceof PageLost) return null;
    throw error;
  }
}

/** Runs `work` on every item, so many at a time. The first throw that `work` does not handle stops it. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, runner));
}
