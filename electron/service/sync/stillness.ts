import { z } from "zod";
import { HisError } from "../his/index.ts";
import type { Capabilities, HisAnswer } from "../his/index.ts";
import { inParallel } from "./ask.ts";
import type { SyncParts } from "./ask.ts";
import { keptJson } from "./kept-json.ts";
import { bringsDown } from "./link.ts";
import { historyQuestion, systemHistoryQuestion } from "./questions.ts";
import { earlier } from "./receive.ts";
import { SECTION_TYPES, WARD_TYPES } from "./types.ts";

/** What is known not to have changed since it was last asked for. */
export interface Still {
  readonly types: ReadonlySet<string>;
  /** Server time up to which that is so. */
  readonly asOf: string;
  /** Whether the history of everything was silent about a type that is not asked for by itself. */
  readonly silentOn?: (type: string) => boolean;
}

/** What a pull of a type found, against which the history is judged. */
export interface Pulled {
  readonly type: string;
  readonly asOf: string;
  readonly fresh: number;
  /** Newest change in its pages. */
  readonly greatest: string | null;
}

export interface Stillness {
  /** Asks the history what changed at all; null where it says nothing that may be relied on. Throws only when the link is down. */
  ask(): Promise<Still | null>;
  /** What was really asked for in this round: the proof or the refutation of what the history said. */
  learn(pulled: readonly Pulled[]): Promise<void>;
  /** The type is about to be asked for: until that is learned nothing is known of it. */
  forget(type: string): void;
  /** Nothing that the history said is to be relied on: everything is to be asked for. */
  forgetAll(): void;
}

const MINUTE_MS = 60_000;
/** CLINICAL: a history that broke since may hide a change for no longer than this: then all is asked for whatever it says. */
const PROOF_MS = 90 * MINUTE_MS;
/** A history that concealed a change is not believed for so long. */
const DISTRUST_MS = 24 * 60 * MINUTE_MS;
/** Longer ago, the history of a hospital is more than the patients' own changes. */
const REACH_MS = 3 * 60 * MINUTE_MS;

const KEY = "sync.history";
const Learned = z.object({ provedAt: z.number().nullable(), brokenAt: z.number().nullable() });
type Learned = z.infer<typeof Learned>;

/** The types it speaks of; `Location` because the beds of a ward are asked for too. */
const TYPES: readonly string[] = [...SECTION_TYPES, ...WARD_TYPES];

/**
 * Most rounds find nothing, and asking a thousand patients' records for nothing is a load that a HIS need not bear. Where
 * it keeps a history, one question (or one a type) says what changed at all, and only that is asked for. The history is
 * believed only after it has told of a change that a pull found too, and never after it kept one to itself.
 */
export function createStillness(
  parts: SyncParts,
  capabilities: () => Capabilities | null,
  log: (message: string) => void,
): Stillness {
  const { his, link, journal, policy, now } = parts;
  /** Up to when each type is known, by a pull or by the history. */
  const known = new Map<string, string>();
  const askedAt = new Map<string, number>();
  let told: { readonly counts: ReadonlyMap<string, number>; readonly asOf: string } | null = null;
  let learned: Learned | null = null;

  async function remembered(): Promise<Learned> {
    if (learned === null) {
      const parsed = Learned.safeParse(keptJson((await journal.meta())[KEY]));
      learned = parsed.success ? parsed.data : { provedAt: null, brokenAt: null };
    }
    return learned;
  }
  async function remember(change: Partial<Learned>): Promise<void> {
    learned = { ...(await remembered()), ...change };
    await journal.setMeta({ [KEY]: JSON.stringify(learned) });
  }

  /** Every page of a history; null when there are so many that they are no saving. */
  async function count(
    target: string,
    ahead?: HisAnswer,
  ): Promise<{ counts: Map<string, number>; asOf: string } | null> {
    const answer = ahead ?? (await link.run(async () => await his.get(target)));
    const {
      problem,
      next,
      told: counts,
    } = await journal.countHistory({
      bytes: answer.bytes,
      base: his.base,
    });
    return problem !== null || next !== null
      ? null
      : { counts: new Map(Object.entries(counts)), asOf: answer.serverTime };
  }

  async function history(since: string): Promise<typeof told> {
    if (capabilities()?.systemHistory === true)
      return await count(systemHistoryQuestion(since, policy.pageSize));
    const offers = (type: string): boolean =>
      capabilities()?.types.get(type)?.interactions.has("history-type") ?? false;
    if (!TYPES.every(offers)) return null;
    const counts = new Map<string, number>();
    let asOf: string | null = null;
    const question = (type: string): string => historyQuestion(type, since, policy.pageSize);
    const answers = await parts.batches.ask(TYPES.map(question));
    await inParallel(TYPES, policy.parallel, async (type) => {
      const found = await count(question(type), answers.get(question(type)));
      // Too many to count is enough to know that there were some.
      counts.set(type, found === null ? 1 : (found.counts.get(type) ?? 0));
      if (found !== null) asOf = asOf === null ? found.asOf : earlier(asOf, found.asOf);
    });
    return asOf === null ? null : { counts, asOf };
  }

  return {
    async ask() {
      told = null;
      const { provedAt, brokenAt } = await remembered();
      if (brokenAt !== null && within(now() - brokenAt, DISTRUST_MS)) return null;
      const since = TYPES.map((type) => known.get(type));
      const oldest = since.reduce((least, time) =>
        least === undefined || time === undefined ? undefined : earlier(least, time),
      );
      const asked = TYPES.map((type) => askedAt.get(type) ?? Number.NEGATIVE_INFINITY);
      if (oldest === undefined || !within(now() - Math.min(...asked), REACH_MS)) return null;
      try {
        told = await history(
          new Date(Date.parse(oldest) - policy.overlapSeconds * 1000).toISOString(),
        );
      } catch (error) {
        if (!(error instanceof HisError) || bringsDown(error.failure)) throw error;
        await remember({ brokenAt: now() });
      }
      if (told === null || provedAt === null) return null;
      // By the HIS's own clock too: a history that was cut since is silent about what came before.
      if (Date.parse(told.asOf) - Date.parse(oldest) > REACH_MS) return null;
      const { counts, asOf } = told;
      const still = TYPES.filter(
        (type) =>
          (counts.get(type) ?? 0) === 0 &&
          within(now() - (askedAt.get(type) ?? Number.NEGATIVE_INFINITY), PROOF_MS),
      );
      for (const type of still) known.set(type, asOf);
      const isWhole = capabilities()?.systemHistory === true;
      const silentOn = (type: string): boolean => isWhole && (counts.get(type) ?? 0) === 0;
      return { types: new Set(still), asOf, silentOn };
    },
    forget: (type) => void known.delete(type),
    forgetAll: () => known.clear(),
    async learn(pulled) {
      for (const { type, asOf, fresh, greatest } of pulled) {
        known.set(type, asOf);
        askedAt.set(type, now());
        if (told === null || fresh === 0 || greatest === null) continue;
        // What came after the history was asked it could not tell.
        if (Date.parse(greatest) >= Date.parse(told.asOf) - 1000) continue;
        if ((told.counts.get(type) ?? 0) > 0) await remember({ provedAt: now(), brokenAt: null });
        else {
          log(`the history of ${type} did not tell of a change: it is not relied on for a day`);
          await remember({ provedAt: null, brokenAt: now() });
        }
      }
    },
  };
}

/** False too when the clock was put back: nothing waits for it to catch up. */
export function within(age: number, limit: number): boolean {
  return age >= 0 && age < limit;
}
