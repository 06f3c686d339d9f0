import { GUARDED_TYPES } from "../../../shared/fhir/index.ts";
import { HisError } from "../his/index.ts";
import type { Capabilities } from "../his/index.ts";
import { askAll } from "./ask.ts";
import type { SyncParts } from "./ask.ts";
import { bringsDown } from "./link.ts";
import { PROVENANCE } from "./page.ts";
import { cursorAfter } from "./pull.ts";
import { groupsOf, proofsQuestion } from "./questions.ts";
import { earlier } from "./receive.ts";
import type { Still } from "./stillness.ts";
import { withCursor } from "./types.ts";

/** Patients in one question. */
const GROUP = 50;
/** However silent a history is, what vouches is asked for this often. */
const PROOF_MS = 10 * 60_000;
const FIRST_MS = 60 * 60_000;

/** Asks for resources together with what vouches for them, where the HIS gives both in one answer. */
export interface ProofsAsked {
  /** A HIS that says it can and then refuses the question is asked without, from then on. Throws what the work throws. */
  withOrWithout<T>(type: string, work: (proofs: boolean) => Promise<T>): Promise<T>;
  /** Whether they will be asked for with a type. */
  with(type: string): boolean;
}

export function proofsAsked(capabilities: () => Capabilities | null): ProofsAsked {
  let isRefused = false;
  const isAsked = (type: string): boolean =>
    !isRefused &&
    (GUARDED_TYPES as readonly string[]).includes(type) &&
    capabilities()?.types.get(type)?.revIncludes?.has("Provenance:target") === true;
  return {
    with: isAsked,
    async withOrWithout(type, work) {
      if (!isAsked(type)) return await work(false);
      try {
        return await work(true);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const answer = await work(false);
        // Only now: it was the question about proofs that it did not like.
        isRefused = true;
        return answer;
      }
    },
  };
}

/** What vouches for facts that came before it, or for deletions, which no search about facts brings. */
export interface Proofs {
  /** A HIS that keeps no Provenance, or cannot be asked for a patient's, is not asked. Throws only when the link is down. */
  round(patients: readonly string[], still: Still | null): Promise<void>;
}

export function createProofs(parts: SyncParts, capabilities: () => Capabilities | null): Proofs {
  const { journal, policy, now } = parts;
  const overlap = policy.overlapSeconds * 1000;
  let isRefused = false;
  let askedAt = Number.NEGATIVE_INFINITY;

  return {
    async round(patients, still) {
      const { searchParams } = capabilities()?.types.get(PROVENANCE) ?? {};
      if (isRefused || patients.length === 0 || searchParams?.has("patient") !== true) return;
      if (still?.silentOn?.(PROVENANCE) === true && now() - askedAt < PROOF_MS) return;
      const held = withCursor(await journal.cursors()).find(({ type }) => type === PROVENANCE);
      // The first time: what vouches for what is there already came with it. The HIS's clock may be another.
      const from = held === undefined ? now() - FIRST_MS : Date.parse(held.cursor);
      const since = new Date(from - overlap).toISOString();
      try {
        let asOf: string | null = null;
        let greatest: string | null = null;
        const groups = groupsOf(patients, GROUP);
        const questionOf = (group: readonly string[], instant: string): string =>
          proofsQuestion(group, instant, policy.pageSize);
        const answers = await parts.batches.ask(groups.map((group) => questionOf(group, since)));
        for (const group of groups) {
          const target = questionOf(group, since);
          const asked = await askAll(
            parts,
            {
              target,
              asOf: null,
              since: (instant) => questionOf(group, instant),
              first: answers.get(target),
            },
            { kind: "pull", type: PROVENANCE, patient: null, cursor: "keep" },
          );
          // Groups that were asked in batches may have been answered in any order.
          asOf = asOf === null ? asked.asOf : earlier(asOf, asked.asOf);
          if (greatest === null || Date.parse(asked.greatest ?? "") > Date.parse(greatest))
            greatest = asked.greatest;
        }
        askedAt = now();
        if (asOf === null) return;
        const cursor = cursorAfter(PROVENANCE, held ?? null, { asOf, greatest }, overlap, now());
        if (cursor !== null) await journal.receiveAll([{ page: null, cursor }]);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        isRefused = true;
      }
    },
  };
}

/** The HIS does not like the question; about the connection that says nothing, and a fault of its own may pass. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof HisError) || bringsDown(error.failure)) return false;
  const { failure } = error;
  return failure.kind === "gone" || (failure.kind === "outcome" && failure.status < 500);
}
