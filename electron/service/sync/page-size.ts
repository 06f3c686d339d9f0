import { z } from "zod";
import { HisError, causeOf } from "../his/index.ts";
import type { HisClient, HisFailure } from "../his/index.ts";
import type { Remote } from "../store/index.ts";
import { keptJson } from "./kept-json.ts";
import { within } from "./stillness.ts";
import type { JournalThread } from "./types.ts";

/** However a HIS fails, its pages do not become smaller: what fails then fails for another reason. */
const LEAST = 50;
/** A whole answer may take no longer than two minutes, and its beginning half a minute: well below both. */
const SLOW_MS = 10_000;
/** What is slow with so few bytes is not slow because the page is large. */
const LITTLE_BYTES = 16 * 1024;
/** Smaller pages that take nearly as long as larger ones are no help. */
const HELPS = 0.75;
const HOUR_MS = 3_600_000;
const MOST_SUSPECTS = 1_000;
/** After a day pages twice as large are tried again. */
const AGAIN_MS = 24 * HOUR_MS;

const KEY = "sync.pageSize";
const Learned = z.object({ count: z.int().min(1), at: z.number() });

/**
 * A client whose pages are as large as policy wants and the HIS has proven that it can give. Some refuse a `_count` above
 * what they allow, and some never get a large page done: asked for it again and again they would never be synced at all.
 * Only questions for whole pages are changed; a HIS's own links lead on as it wrote them.
 */
export function sized(
  his: HisClient,
  options: {
    /** The size by policy, which the questions name. */
    readonly pageSize: number;
    readonly journal: Pick<Remote<JournalThread>, "meta" | "setMeta">;
    readonly now: () => number;
    readonly monotonic: () => number;
    readonly log: (message: string) => void;
  },
): HisClient {
  const { pageSize, journal, now, monotonic } = options;
  const least = Math.min(LEAST, pageSize);
  let learned: z.infer<typeof Learned> | null = null;
  /** How long a page took, and how large it was, when that was too long. */
  let slow: { readonly count: number; readonly ms: number } | null = null;
  /** Questions that failed as large pages do, and did not succeed since. */
  const suspects = new Set<string>();
  /** Types of which a question was refused at any size, and when. */
  const refused = new Map<string, number>();

  async function size(): Promise<number> {
    if (learned === null) {
      const parsed = Learned.safeParse(keptJson((await journal.meta())[KEY]));
      learned ??= parsed.success ? parsed.data : { count: pageSize, at: now() };
    }
    // A clock that was put back must not keep pages small for years.
    if (learned.count < pageSize && !within(now() - learned.at, AGAIN_MS))
      learned = { count: Math.min(learned.count * 2, pageSize), at: now() };
    return Math.min(Math.max(learned.count, least), pageSize);
  }

  async function smaller(than: number, why: string): Promise<void> {
    // Of many that were asked at once each may find it out.
    if (half(than) < (await size())) await learn(half(than), why);
  }
  async function learn(count: number, why: string): Promise<void> {
    learned = { count, at: now() };
    options.log(`pages of ${count} from now on: ${why}`);
    await journal.setMeta({ [KEY]: JSON.stringify(learned) });
  }
  const half = (count: number): number => Math.max(Math.floor(count / 2), least);

  /** A page of `count` came, after a while. */
  async function took(count: number, ms: number): Promise<void> {
    if (slow !== null && slow.count > count && ms > slow.ms * HELPS) {
      await learn(slow.count, "smaller ones take as long");
      slow = { count: least, ms };
    } else if (count > least && (slow === null || slow.count > count)) {
      slow = { count, ms };
      await smaller(count, `one of ${count} took ${Math.round(ms / 1000)} s`);
    }
  }

  async function get(target: string, how: Parameters<HisClient["get"]>[1]) {
    const count = await size();
    const begun = monotonic();
    try {
      const answer = await his.get(withCount(target, pageSize, count), how);
      const ms = monotonic() - begun;
      suspects.delete(target);
      if (ms > SLOW_MS && answer.bytes.byteLength > LITTLE_BYTES) await took(count, ms);
      return answer;
    } catch (error) {
      if (!(error instanceof HisError)) throw error;
      const sign = signOf(error.failure);
      if (sign === "plain" && count > least) return await getLeast(target, how, count, error);
      if (sign === "faint" && suspects.has(target)) {
        suspects.delete(target);
        await smaller(count, "the same question failed twice");
      } else if (sign === "faint") suspect(target);
      throw error;
    }
  }

  /** Whether it was the size that was refused, a page of the smallest tells. Throws the refusal when it was not. */
  async function getLeast(
    target: string,
    how: Parameters<HisClient["get"]>[1],
    count: number,
    refusal: HisError,
  ) {
    const type = /^[A-Za-z_]+/u.exec(target)?.[0] ?? "";
    if (within(now() - (refused.get(type) ?? Number.NEGATIVE_INFINITY), HOUR_MS)) throw refusal;
    try {
      const answer = await his.get(withCount(target, pageSize, least), how);
      await smaller(count, `${count} were refused`);
      return answer;
    } catch (error) {
      if (!(error instanceof HisError) || signOf(error.failure) !== "plain") throw error;
      refused.set(type, now());
      throw refusal;
    }
  }

  function suspect(target: string): void {
    if (suspects.size >= MOST_SUSPECTS) suspects.clear();
    suspects.add(target);
  }

  return {
    ...his,
    get: async (target, how) =>
      isPaged(target, pageSize) ? await get(target, how) : await his.get(target, how),
  };
}

/** Whether a failure is one that pages make which are too large: plainly, or once may be chance. */
export function signOf(failure: HisFailure): "plain" | "faint" | null {
  const status = "status" in failure ? failure.status : 0;
  // 413 has only this meaning, whoever says it. 400 and 422 are said of a `_count` above what is allowed, among much else.
  if (status === 413) return "plain";
  if (failure.kind === "outcome" && (status === 400 || status === 422)) return "plain";
  // A gateway may cut what is too long for it.
  if (failure.kind === "timeout" || failure.kind === "unreachable") return "faint";
  if (failure.kind === "outcome") return status >= 500 ? "faint" : null;
  // A gateway that waited too long; 429 and 503 ask for a slower pace.
  if (failure.kind === "busy") return status === 502 || status === 504 ? "faint" : null;
  // Cut short, or larger than any answer may be.
  return failure.kind === "not-fhir" && causeOf(failure) !== "proxy" ? "faint" : null;
}

/** True for a question of the sync's own that is gone through page by page. */
function isPaged(target: string, pageSize: number): boolean {
  return (
    new RegExp(`^[A-Za-z_].*[?&]_count=${pageSize}(?:&|$)`, "u").test(target) && !isLink(target)
  );
}

function isLink(target: string): boolean {
  return /^[a-z][a-z+.-]*:\/\//iu.test(target);
}

function withCount(target: string, pageSize: number, count: number): string {
  return target.replace(new RegExp(`([?&]_count=)${pageSize}(?=&|$)`, "u"), `$1${count}`);
}
