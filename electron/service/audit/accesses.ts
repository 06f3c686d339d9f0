import { AccessWhat, UnusualMark } from "../../../shared/contract/index.ts";
import type { AuditRow, Journal, Remote } from "../store/types.ts";
import { AuditEvent, type AuditKind } from "./events.ts";

/** Entries of the trail that say who did what with patients' records; the others are about the PC. */
const WHAT: Readonly<Partial<Record<AuditKind, AccessWhat>>> = {
  "patient-read": "opened",
  "ward-read": "board",
  "act-charted": "charted",
  "gate-decision": "decided",
  "allergy-stop": "allergy-stop",
  "allergy-override": "allergy-override",
  override: "override",
  "emergency-access": "emergency",
  "patient-sought": "searched",
  "patient-brought": "brought",
  "access-list-read": "list-read",
  "unusual-reading": "unusual",
};

/** An access as the trail has it: codes and ids. */
export interface TrailAccess {
  readonly seq: number;
  readonly at: string;
  readonly what: AccessWhat;
  readonly who: string | null;
  readonly patients: readonly string[];
  readonly detail: AuditEvent["detail"];
  readonly unusual: readonly UnusualMark[];
}

/** Null: not about a patient's record, or not readable by this version. */
export function accessOf({ seq, body }: AuditRow): TrailAccess | null {
  const event = eventOf(body);
  const what = event === null ? undefined : WHAT[event.kind];
  if (event === null || what === undefined) return null;
  const { at, clinician, patient, patients, detail } = event;
  return {
    seq,
    at,
    what,
    who: clinician,
    patients: patients ?? (patient === undefined ? [] : [patient]),
    detail,
    unusual: String(detail["unusual"] ?? "")
      .split("+")
      .flatMap((mark) => UnusualMark.safeParse(mark).data ?? []),
  };
}

function eventOf(body: string): AuditEvent | null {
  try {
    return AuditEvent.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

export interface AccessQuery {
  /** Null: everybody's. */
  readonly patient: string | null;
  /** Only entries before this number; null: from the newest. */
  readonly before: number | null;
  /** Also the boards of wards that were read. */
  readonly boards: boolean;
}

/** Entries of a page; entries the journal's thread looks through at a time; and at most for one page. */
const PAGE = 50;
const STEP = 2_000;
const FURTHEST = 100_000;

/** A page of accesses, newest first. `next`: where the one after it goes on; null: nothing is older. */
export async function readAccesses(
  journal: Pick<Remote<Journal>, "auditBack">,
  { patient, before, boards }: AccessQuery,
): Promise<{ readonly entries: readonly TrailAccess[]; readonly next: number | null }> {
  const entries: TrailAccess[] = [];
  const needle = patient === null ? null : JSON.stringify(patient);
  let at = before;
  for (let looked = 0; looked < FURTHEST; looked += STEP) {
    const { rows, next } = await journal.auditBack(at, STEP, needle);
    for (const row of rows) {
      const access = accessOf(row);
      if (access === null || (access.what === "board" && !boards)) continue;
      // The journal finds the id anywhere in an entry; here it must be whom the entry is about.
      if (patient !== null && !access.patients.includes(patient)) continue;
      entries.push(access);
      if (entries.length === PAGE) return { entries, next: row.seq > 1 ? row.seq : null };
    }
    if (next === null) return { entries, next: null };
    at = next;
  }
  return { entries, next: at };
}
