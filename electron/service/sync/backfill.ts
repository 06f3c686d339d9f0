import { HisError } from "../his/index.ts";
import { WARD_PATIENT } from "../store/index.ts";
import type { BackfillRow } from "../store/index.ts";
import { PageRefused, askAll, inParallel } from "./ask.ts";
import type { SyncParts } from "./ask.ts";
import { readPlace } from "./backfill-place.ts";
import { bringsDown } from "./link.ts";
import { allQuestion, sectionQuestion } from "./questions.ts";
import { SECTION_TYPES } from "./types.ts";

/** Sections under way for each request under way: while one is sealed and committed, others are fetched. */
const AHEAD = 24;

const RANK = new Map<string, number>(SECTION_TYPES.map((type, rank) => [type, rank]));

export interface BackfillProgress {
  readonly sections: number;
  readonly received: number;
}

/**
 * Fetches every wanted section, what can kill first, going on where a kill left off. Resolves when none is left that can
 * be had now; a section the HIS cannot give stays wanted, and `problem` says why. Throws only when the link is down.
 */
export async function backfill(
  parts: SyncParts,
  onProblem: (type: string, problem: string) => void,
  onProgress: (progress: BackfillProgress) => void,
): Promise<void> {
  const rows = await parts.journal.backfill();
  const wanted = rows.filter(({ state }) => state === "wanted").toSorted(bySafety);
  let received = rows.length - wanted.length;
  onProgress({ sections: rows.length, received });
  await inParallel(wanted, parts.policy.parallel * AHEAD, async (row) => {
    try {
      await fetchSection(parts, row);
      received += 1;
      onProgress({ sections: rows.length, received });
    } catch (error) {
      if (error instanceof HisError ? bringsDown(error.failure) : !(error instanceof PageRefused))
        throw error;
      onProblem(
        row.type,
        error instanceof HisError ? error.failure.detail : (error as Error).message,
      );
    }
  });
}

async function fetchSection(parts: SyncParts, row: BackfillRow): Promise<void> {
  await parts.proofs.withOrWithout(row.type, async (proofs) => {
    await fetchWith(parts, row, proofs);
  });
}

async function fetchWith(parts: SyncParts, row: BackfillRow, proofs: boolean): Promise<void> {
  const { patient, type } = row;
  const place = readPlace(row.next);
  const input = { kind: "backfill", type, patient, cursor: "keep" } as const;
  const since = (instant: string | null): string =>
    patient === WARD_PATIENT
      ? allQuestion(type, instant, parts.policy.pageSize)
      : sectionQuestion(type, patient, instant, parts.policy.pageSize, proofs);
  const start = { target: since(null), asOf: null, since };
  if (place === null) {
    await askAll(parts, start, input);
    return;
  }
  try {
    const { asOf, on } = place;
    const target = "since" in on ? since(on.since) : on.url;
    await askAll(parts, { target, asOf, since }, input);
  } catch (error) {
    if (error instanceof HisError && bringsDown(error.failure)) throw error;
    // A link of yesterday may no longer lead anywhere: the section begins again.
    await askAll(parts, start, input);
  }
}

/**
 * Patient by patient, what can kill first: a patient is whole soon after he is begun, and what arrives together is written
 * together.
 */
function bySafety(a: BackfillRow, b: BackfillRow): number {
  if (a.patient !== b.patient) return a.patient < b.patient ? -1 : 1;
  return (RANK.get(a.type) ?? 99) - (RANK.get(b.type) ?? 99);
}
