import type { ScopeRow } from "../store/index.ts";
import { askAll, inParallel } from "./ask.ts";
import type { SyncParts } from "./ask.ts";
import { groupsOf, locationsQuestion, partsQuestion, staysQuestion } from "./questions.ts";
import { SECTION_TYPES } from "./types.ts";
import type { ScopeEntry } from "./types.ts";

/** Ids in one question. */
const GROUP = 40;
/** Beds change rarely; the tree of Locations is read again after this long. */
const TREE_MS = 10 * 60_000;

export interface Scope {
  /** Asks who is on the wards now, and commits who came, moved and left. Throws as {@link askAll}; then nobody leaves. */
  round(): Promise<{ readonly asOf: string; readonly patients: readonly string[] }>;
  /** The same when neither stay nor bed has changed since: nothing is asked. */
  still(asOf: string): Promise<{ readonly asOf: string; readonly patients: readonly string[] }>;
}

export function createScope(parts: SyncParts): Scope {
  const { journal, policy, now } = parts;
  let tree: { readonly wardOf: ReadonlyMap<string, string>; readonly readAt: number } | null = null;

  async function readTree(): Promise<ReadonlyMap<string, string>> {
    const wardOf = new Map<string, string>(policy.wards.map((ward) => [ward, ward]));
    const ask = async (target: string): Promise<string[]> => {
      const found: string[] = [];
      await askAll(
        parts,
        { target, asOf: null, since: null },
        { kind: "scope", type: "Location", patient: null, cursor: "keep" },
        (page) => {
          for (const entry of page.scope) {
            const ward =
              entry.type === "Location" && entry.partOf !== null
                ? wardOf.get(entry.partOf)
                : undefined;
            // A Location already placed is not placed again: a circle in the tree ends here.
            if (ward === undefined || wardOf.has(entry.id)) continue;
            wardOf.set(entry.id, ward);
            found.push(entry.id);
          }
        },
      );
      return found;
    };
    const partsOf = (locations: readonly string[]): string[] =>
      groupsOf(locations, GROUP).map((group) => partsQuestion(group, policy.pageSize));
    const wards = groupsOf(policy.wards, GROUP).map((group) =>
      locationsQuestion(group, policy.pageSize),
    );
    let questions = [...wards, ...partsOf(policy.wards)];
    while (questions.length > 0) {
      const below: string[] = [];
      await inParallel(questions, policy.parallel, async (question) => {
        below.push(...(await ask(question)));
      });
      questions = partsOf(below);
    }
    return wardOf;
  }

  async function keep(changes: (before: readonly ScopeRow[]) => ScopeRow[], asOf: string) {
    const before = await journal.scope();
    const moved = changes(before);
    const there = new Map([...before, ...moved].map((row) => [row.patient, row]));
    const staying = [...there.values()].filter(({ leftAt }) => leftAt === null);
    const partners = await parts.merges.partnersOf(staying.map(({ patient }) => patient));
    const scope = [...moved, ...guestRows(partners, there, now())];
    const patients = [...new Set([...before, ...scope].map(({ patient }) => patient))];
    // First what is wanted, then who is there: a kill between leaves a wish too many, never a patient without one.
    await wantMissing(journal, patients);
    await journal.mark({
      kind: "scope",
      types: ["Location", "Encounter"],
      asOf,
      cursors: [],
      scope,
    });
    parts.onMark();
    return { asOf, patients };
  }

  return {
    still: async (asOf) => await keep(() => [], asOf),
    async round() {
      if (tree === null || now() - tree.readAt > TREE_MS)
        tree = { wardOf: await readTree(), readAt: now() };
      const { wardOf } = tree;
      const stays: ScopeEntry[] = [];
      let asOf: string | null = null;
      for (const group of groupsOf([...wardOf.keys()], GROUP)) {
        const since = (instant: string | null): string =>
          staysQuestion(group, instant, policy.pageSize);
        const asked = await askAll(
          parts,
          { target: since(null), asOf: null, since },
          { kind: "scope", type: "Encounter", patient: null, cursor: "keep" },
          (page) => stays.push(...page.scope),
        );
        asOf ??= asked.asOf;
      }
      return await keep(
        (before) => scopeChanges(before, whoIsThere(stays, wardOf), now()),
        asOf ?? new Date(now()).toISOString(),
      );
    },
  };
}

/** Wants every section of these patients that was never asked for. */
export async function wantMissing(
  journal: SyncParts["journal"],
  patients: readonly string[],
): Promise<void> {
  const known = new Set(
    (await journal.backfill()).map(({ patient, type }) => `${type}/${patient}`),
  );
  const missing = patients.flatMap((patient) =>
    SECTION_TYPES.filter((type) => !known.has(`${type}/${patient}`)).map((type) => ({
      patient,
      type,
    })),
  );
  if (missing.length > 0) await journal.wantBackfill(missing);
}

/** Where each patient in an open stay lies, of those in a Location of ours; one stay a patient, a bed before a ward. */
export function whoIsThere(
  stays: readonly ScopeEntry[],
  wardOf: ReadonlyMap<string, string>,
): Map<string, Pick<ScopeRow, "patient" | "encounter" | "ward" | "location">> {
  const there = new Map<string, Pick<ScopeRow, "patient" | "encounter" | "ward" | "location">>();
  // A stay that changed while its page was asked for may come twice: its last word counts.
  const latest = new Map(stays.map((stay) => [stay.id, stay]));
  for (const stay of [...latest.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (
      stay.type !== "Encounter" ||
      stay.patient === null ||
      !stay.inProgress ||
      stay.location === null
    )
      continue;
    const ward = wardOf.get(stay.location);
    // The search also finds stays that were here once; where the patient lies now decides.
    if (ward === undefined) continue;
    const location = stay.location === ward ? null : stay.location;
    const known = there.get(stay.patient);
    if (known === undefined || (known.location === null && location !== null))
      there.set(stay.patient, { patient: stay.patient, encounter: stay.id, ward, location });
  }
  return there;
}

/** A guest's row is written anew after this long, so that retention does not take him while he is wanted. */
const GUEST_MS = 3_600_000;

/**
 * Rows of patients who are kept though they lie on no ward of ours, such as the other half of a merged record: as if they
 * had just left, so that no board shows them and retention counts from when they were last wanted.
 */
export function guestRows(
  patients: readonly string[],
  held: ReadonlyMap<string, ScopeRow>,
  now: number,
  after = GUEST_MS,
): ScopeRow[] {
  return patients.flatMap((patient) => {
    const row = held.get(patient);
    if (row === undefined)
      return [{ patient, encounter: "", ward: "", location: null, enteredAt: now, leftAt: now }];
    return row.leftAt !== null && Math.abs(now - row.leftAt) > after
      ? [{ ...row, leftAt: now }]
      : [];
  });
}

/** Patients of whom every stay here ended before `before`; who came back meanwhile is not among them. */
export function leftBefore(rows: readonly ScopeRow[], before: number): string[] {
  const here = new Set(
    rows.flatMap(({ patient, leftAt }) => (leftAt === null || leftAt >= before ? [patient] : [])),
  );
  return [...new Set(rows.map(({ patient }) => patient))].filter((patient) => !here.has(patient));
}

/** The rows that change: who came (or came back), who moved, who left. */
export function scopeChanges(
  before: readonly ScopeRow[],
  there: ReadonlyMap<string, Pick<ScopeRow, "patient" | "encounter" | "ward" | "location">>,
  now: number,
): ScopeRow[] {
  const held = new Map(before.map((row) => [row.patient, row]));
  const changes: ScopeRow[] = [];
  for (const stay of there.values()) {
    const row = held.get(stay.patient);
    const isSame =
      row !== undefined &&
      row.leftAt === null &&
      row.encounter === stay.encounter &&
      row.ward === stay.ward &&
      row.location === stay.location;
    if (!isSame)
      changes.push({
        ...stay,
        enteredAt: row?.leftAt === null ? row.enteredAt : now,
        leftAt: null,
      });
  }
  for (const row of before) {
    if (row.leftAt === null && !there.has(row.patient)) changes.push({ ...row, leftAt: now });
  }
  return changes;
}
