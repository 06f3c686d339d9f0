import { HisError } from "../his/index.ts";
import type { CursorRow } from "../store/index.ts";
import { PageRefused, askAll, inParallel } from "./ask.ts";
import { later } from "./keyset.ts";
import type { SyncParts } from "./ask.ts";
import type { Answers } from "./batches.ts";
import { bringsDown } from "./link.ts";
import { changesQuestion, groupsOf } from "./questions.ts";
import { earlier } from "./receive.ts";
import type { Pulled, Still } from "./stillness.ts";
import { SECTION_TYPES, WARD_TYPES, withCursor } from "./types.ts";

/** Patients in one question. */
const GROUP = 50;

/**
 * One round: for every type what changed since its cursor, of all patients in scope. When all groups of a type are
 * committed, a mark says that the type is gap-free up to the round's first answer. Throws only when the link is down.
 */
export async function pullRound(
  parts: SyncParts,
  patients: readonly string[],
  onProblem: (type: string, problem: string | null) => void,
  still: Still | null = null,
): Promise<{
  readonly asOf: string | null;
  readonly failed: number;
  readonly pulled: readonly Pulled[];
}> {
  const { journal, policy } = parts;
  const cursors = new Map(withCursor(await journal.cursors()).map((row) => [row.type, row]));
  const done: { type: string; asOf: string; cursor: CursorRow | null }[] = [];
  const found: Pulled[] = [];
  let failed = 0;
  const types = [
    ...(patients.length > 0 ? SECTION_TYPES : []),
    ...WARD_TYPES.filter((type) => type !== "Location"),
  ];
  const isStill = (type: string): boolean => still?.types.has(type) === true && cursors.has(type);
  const answers = await parts.batches.ask(
    types.flatMap((type) => {
      const row = cursors.get(type) ?? null;
      if (isStill(type) || (row === null && isPatientType(type))) return [];
      const since = sinceOf(parts, row);
      const question = questionOf(parts, type, parts.proofs.with(type));
      return groupsFor(type, patients).map((group) => question(group, since));
    }),
  );
  await inParallel(types, policy.parallel, async (type) => {
    try {
      const row = cursors.get(type) ?? null;
      const asked =
        still !== null && isStill(type)
          ? { asOf: still.asOf, greatest: null }
          : await pullType(parts, type, patients, row, answers);
      if (asked === null) return;
      if ("fresh" in asked) found.push({ type, ...asked });
      done.push({
        type,
        asOf: asked.asOf,
        cursor: cursorAfter(type, row, asked, overlapMs(parts), parts.now()),
      });
      onProblem(type, null);
    } catch (error) {
      if (error instanceof HisError ? bringsDown(error.failure) : !(error instanceof PageRefused))
        throw error;
      failed += 1;
      onProblem(type, error instanceof HisError ? error.failure.detail : (error as Error).message);
    }
  });
  const asOf = done.reduce<string | null>(
    (least, each) => (least === null ? each.asOf : earlier(least, each.asOf)),
    null,
  );
  if (asOf !== null) {
    await journal.mark({
      kind: "pull",
      types: done.map(({ type }) => type),
      asOf,
      cursors: done.flatMap(({ cursor }) => cursor ?? []),
      scope: [],
    });
    parts.onMark();
  }
  return { asOf, failed, pulled: found };
}

/** Null when the type has no cursor yet: its patients' sections come by back-fill first. */
async function pullType(
  parts: SyncParts,
  type: string,
  patients: readonly string[],
  row: CursorRow | null,
  answers: Answers,
): Promise<{ asOf: string; greatest: string | null; fresh: number } | null> {
  if (row === null && isPatientType(type)) return null;
  const since = sinceOf(parts, row);
  const groups = groupsFor(type, patients);
  // With several groups the cursor may move only when all are in: one group's newest change says nothing of the others.
  const cursor = groups.length === 1 ? "move" : "keep";
  let asOf: string | null = null;
  let greatest: string | null = null;
  let fresh = 0;
  for (const group of groups) {
    const asked = await parts.proofs.withOrWithout(type, async (proofs) => {
      const question = (instant: string | null): string =>
        questionOf(parts, type, proofs)(group, instant);
      const target = question(since);
      return await askAll(
        parts,
        { target, asOf: null, since: question, first: answers.get(target) },
        { kind: "pull", type, patient: null, cursor },
      );
    });
    // Groups that were asked in batches may have been answered in any order.
    asOf = asOf === null ? asked.asOf : earlier(asOf, asked.asOf);
    greatest = later(greatest, asked.greatest);
    fresh += asked.fresh;
  }
  return asOf === null ? null : { asOf, greatest, fresh };
}

/**
 * The cursor after a whole round: the newest change seen, but not past the server time the round began at (a group asked
 * early knows nothing of what came after). A type in which nothing changes is moved on by the server's clock, twice the
 * overlap behind it, so that its last changes are not fetched for ever; null when it need not move.
 */
export function cursorAfter(
  type: string,
  row: CursorRow | null,
  asked: { readonly asOf: string; readonly greatest: string | null },
  overlap: number,
  now: number,
): CursorRow | null {
  const start = Date.parse(asked.asOf);
  const before = row === null ? Number.NEGATIVE_INFINITY : Date.parse(row.cursor);
  const seen = asked.greatest === null ? before : Math.min(Date.parse(asked.greatest), start);
  const idle = start - 2 * overlap;
  // Written only when it is worth a commit.
  const at = Math.max(
    before,
    seen,
    idle - Math.max(before, seen) > 2 * overlap ? idle : Number.NEGATIVE_INFINITY,
  );
  if (at === before) return null;
  return {
    type,
    cursor: new Date(at).toISOString(),
    lastPageAt: now,
    problem: null,
  };
}

/** What changed of a type since, of a group of patients: the same words where it is asked in a batch and alone. */
function questionOf(parts: SyncParts, type: string, proofs: boolean) {
  return (group: readonly string[], since: string | null): string =>
    changesQuestion(type, group, since, parts.policy.pageSize, proofs);
}

function groupsFor(type: string, patients: readonly string[]): readonly (readonly string[])[] {
  return isPatientType(type) ? groupsOf(patients, GROUP) : [[]];
}

function sinceOf(parts: SyncParts, row: CursorRow | null): string | null {
  return row === null ? null : new Date(Date.parse(row.cursor) - overlapMs(parts)).toISOString();
}

function isPatientType(type: string): boolean {
  return (SECTION_TYPES as readonly string[]).includes(type);
}

function overlapMs(parts: SyncParts): number {
  return parts.policy.overlapSeconds * 1000;
}
