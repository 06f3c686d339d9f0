import type { Contract } from "../../../shared/contract/index.ts";
import type { ClinicianRole } from "../../../shared/trust/index.ts";
import type { Access, Person } from "./types.ts";

/** Rooms of the contract whose procedures are clinical; `session.changePin` needs an open session like them. */
type ClinicalRoom =
  | "ward"
  | "patient"
  | "record"
  | "guard"
  | "drafts"
  | "outbox"
  | "review"
  | "privacy";
export type ClinicalProcedure =
  | { [R in ClinicalRoom]: `${R}.${keyof Contract[R] & string}` }[ClinicalRoom]
  | "session.changePin";

/** A role, or an emergency access, which has none. */
type Right = ClinicianRole | "emergency";

const EVERYBODY: readonly Right[] = ["nurse", "doctor", "pharmacist", "emergency"];
const CLINICIANS: readonly Right[] = ["nurse", "doctor", "pharmacist"];
const PRESCRIBERS: readonly Right[] = ["doctor", "pharmacist"];
const DOCTORS: readonly Right[] = ["doctor"];
const AT_THE_BED: readonly Right[] = ["nurse", "doctor"];
/** SECURITY: P2. Sees who opened what, and no record: whoever may watch the others has nothing to do at the bed. */
const OFFICERS: readonly Right[] = ["privacy-officer"];

/**
 * Who may do what. CLINICAL: a pharmacist reads everything and charts no vitals; an emergency access reads, charts nothing
 * and reviews nobody. A clinical procedure that is missing here does not compile.
 */
const TABLE: Readonly<Record<ClinicalProcedure, readonly Right[]>> = {
  "ward.board": EVERYBODY,
  "patient.view": EVERYBODY,
  // An emergency access opens every patient of this PC's wards as it is.
  "patient.override": CLINICIANS,
  "patient.find": ["doctor"],
  "patient.bring": ["doctor"],
  "record.vitals": AT_THE_BED,
  // CLINICAL: to say which of two truths holds is a prescriber's; an emergency access, unproven, never does.
  "guard.decide": PRESCRIBERS,
  "record.give": AT_THE_BED,
  // CLINICAL: to order is a doctor's; a pharmacist decides about claims and orders nothing.
  "record.medicineNames": DOCTORS,
  "record.orderCheck": DOCTORS,
  "record.order": DOCTORS,
  "record.correct": AT_THE_BED,
  "drafts.put": AT_THE_BED,
  "drafts.get": AT_THE_BED,
  "drafts.discard": AT_THE_BED,
  "outbox.list": EVERYBODY,
  "outbox.retry": AT_THE_BED,
  "outbox.withdraw": AT_THE_BED,
  "outbox.decide": AT_THE_BED,
  "review.list": [...CLINICIANS, ...OFFICERS],
  // Never one's own: who calls this asks `mayReview` too.
  "review.done": [...AT_THE_BED, ...OFFICERS],
  "privacy.accesses": OFFICERS,
  "privacy.everywhere": OFFICERS,
  "privacy.reviewed": OFFICERS,
  "privacy.sought": OFFICERS,
  "session.changePin": [...CLINICIANS, ...OFFICERS],
};

/** Whether a procedure (`ward.board`, …) may be called; what is not in the table may not. */
export function mayDo(who: Pick<Person, "roles"> | "emergency", procedure: string): boolean {
  const rights: readonly Right[] = Object.hasOwn(TABLE, procedure)
    ? TABLE[procedure as ClinicalProcedure]
    : [];
  return who === "emergency"
    ? rights.includes("emergency")
    : who.roles.some((role) => rights.includes(role));
}

/** Whose PIN counts as a second pair of eyes. SECURITY: a privacy officer has nothing to do at the bed. */
export function mayWitness({ roles }: Pick<Person, "roles">): boolean {
  return roles.some((role) => CLINICIANS.includes(role));
}

/** Why a ticket may not do it, as the contract's FORBIDDEN says it; null: it may. */
export function refusalOf(
  ticket: { readonly clinician: Person; readonly access: Access },
  procedure: string,
): "role" | "emergency" | null {
  if (ticket.access.kind === "emergency") return mayDo("emergency", procedure) ? null : "emergency";
  return mayDo(ticket.clinician, procedure) ? null : "role";
}

/** An override or emergency access is looked at by somebody else than who took it or opened it. */
export function mayReview(
  reviewer: string,
  access: { readonly clinician: string | null; readonly by: string | null },
): boolean {
  return reviewer !== access.clinician && reviewer !== access.by;
}

/** Where a patient lies and who cares for him, as far as this PC knows. */
export interface Placement {
  /** Null: on no ward this PC knows of. */
  readonly ward: string | null;
  /** Ids of the clinicians in his care team. */
  readonly careTeam: readonly string[];
}

/** Whether a patient is hers: on one of her wards, or she is in his care team. */
export function remitOf(
  who: Pick<Person, "clinician" | "wards">,
  { ward, careTeam }: Placement,
): "remit" | "outside" {
  const hers = (ward !== null && who.wards.includes(ward)) || careTeam.includes(who.clinician);
  return hers ? "remit" : "outside";
}

/** By which right a ticket opens a patient; null: not without an override. */
export function rightTo(
  ticket: {
    readonly clinician: Person;
    readonly access: Access;
    readonly overrides: ReadonlySet<string>;
  },
  patient: string,
  placement: Placement,
): "remit" | "override" | "emergency" | null {
  if (ticket.access.kind === "emergency") return "emergency";
  if (remitOf(ticket.clinician, placement) === "remit") return "remit";
  return ticket.overrides.has(patient) ? "override" : null;
}
