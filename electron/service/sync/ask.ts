import type { HisClient } from "../his/index.ts";
import type { Remote } from "../store/index.ts";
import type { Link } from "./link.ts";
import type { JournalThread, ReceivedPage, ReceivePage, SyncPolicy } from "./types.ts";

/** What every part of the sync works with. */
export interface SyncParts {
  readonly his: HisClient;
  readonly link: Link;
  readonly journal: Remote<JournalThread>;
  readonly policy: SyncPolicy;
  readonly now: () => number;
  /** A page was committed: `fresh` resources wait to be applied. */
  readonly onReceived: (fresh: number) => void;
}

/** An answer that is no page: nothing was committed. */
export class PageRefused extends Error {}

/** More pages than any honest answer has. */
const MOST_PAGES = 10_000;

/**
 * Asks a question and all its `next` pages, committing each. Resolves when the last is committed; throws `HisError`, or
 * {@link PageRefused} when an answer is no page or the pages go in a circle.
 */
export async function askAll(
  parts: SyncParts,
  question: { readonly target: string; readonly asOf: string | null },
  input: Pick<ReceivePage, "kind" | "type" | "patient"> & { readonly cursor: "keep" | "move" },
  onPage: (page: ReceivedPage) => void = () => {},
): Promise<{ readonly asOf: string; readonly greatest: string | null }> {
  const { his, link, journal } = parts;
  let { target, asOf } = question;
  let greatest: string | null = null;
  const seen = new Set<string>();
  for (;;) {
    if (seen.has(target) || seen.size >= MOST_PAGES)
      throw new PageRefused("its pages go in a circle");
    seen.add(target);
    const page = target;
    const answer = await link.run(async () => await his.get(page));
    asOf ??= answer.serverTime;
    const received = await journal.receivePage({
      bytes: answer.bytes,
      base: his.base,
      kind: input.kind,
      type: input.type,
      patient: input.patient,
      asOf,
      answeredAt: answer.serverTime,
      cursor: input.cursor === "move" ? { notAfter: asOf } : null,
    });
    if (received.problem !== null) throw new PageRefused(received.problem);
    parts.onReceived(received.fresh);
    onPage(received);
    greatest = later(greatest, received.greatest);
    if (received.next === null) return { asOf, greatest };
    target = received.next;
  }
}

/** The later of two instants, either of which may be unknown. */
export function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
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
