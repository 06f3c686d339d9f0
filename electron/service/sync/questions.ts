import { PIN_CHANGE_CODE, STATEMENT_SYSTEM, StatementKind } from "../../../shared/trust/index.ts";

/** The searches the sync asks, relative to the HIS's base. */

/** Brings what vouches for the matches with them, so that neither comes without the other. */
const WITH_PROOFS = "&_revinclude=Provenance:target";

/** One section of one patient, whole, or what of it changed since; oldest change first. */
export function sectionQuestion(
  type: string,
  patient: string,
  since: string | null,
  pageSize: number,
  proofs = false,
): string {
  const asked = `${type}?${whose(type, [patient])}&_count=${pageSize}&${sinceOf(since)}_sort=_lastUpdated`;
  return proofs ? asked + WITH_PROOFS : asked;
}

/** What vouches for facts of these patients, all of it or what was written since; oldest first. */
export function proofsQuestion(
  patients: readonly string[],
  since: string | null,
  pageSize: number,
): string {
  return `Provenance?patient=${list(patients)}&${sinceOf(since)}_sort=_lastUpdated&_count=${pageSize}`;
}

/** All there is of a ward-wide type, or what of it changed since; oldest change first. */
export function allQuestion(type: string, since: string | null, pageSize: number): string {
  return `${type}?_count=${pageSize}&${sinceOf(since)}_sort=_lastUpdated`;
}

/** What changed since, of a group of patients, oldest first. */
export function changesQuestion(
  type: string,
  patients: readonly string[],
  since: string | null,
  pageSize: number,
  proofs = false,
): string {
  const whom = patients.length > 0 ? `${whose(type, patients)}&` : "";
  const asked = `${type}?${whom}${sinceOf(since)}_sort=_lastUpdated&_count=${pageSize}`;
  return proofs ? asked + WITH_PROOFS : asked;
}

/** Every version of a type since, deletions among them. */
export function historyQuestion(type: string, since: string, pageSize: number): string {
  return `${type}/_history?_since=${encodeURIComponent(since)}&_count=${pageSize}`;
}

/** Every version of everything since. */
export function systemHistoryQuestion(since: string, pageSize: number): string {
  return `_history?_since=${encodeURIComponent(since)}&_count=${pageSize}`;
}

/** Ids and versions of all there is of a type, of a group of patients; of a ward-wide type without patients. */
export function listingQuestion(
  type: string,
  patients: readonly string[],
  pageSize: number,
): string {
  const whom = patients.length > 0 ? `${whose(type, patients)}&` : "";
  // Servers that do not know `_elements` send the whole, which is only longer.
  return `${type}?${whom}_elements=id,meta&_count=${pageSize}`;
}

export function locationsQuestion(ids: readonly string[], pageSize: number): string {
  return `Location?_id=${list(ids)}&_count=${pageSize}`;
}

export function partsQuestion(locations: readonly string[], pageSize: number): string {
  return `Location?partof=${list(locations.map((id) => `Location/${id}`))}&_count=${pageSize}`;
}

/** Who is there now, or whose stay changed since; oldest change first. */
export function staysQuestion(
  locations: readonly string[],
  since: string | null,
  pageSize: number,
): string {
  const where = list(locations.map((id) => `Location/${id}`));
  return `Encounter?location=${where}&status=in-progress&_count=${pageSize}&${sinceOf(since)}_sort=_lastUpdated`;
}

/** What a nurse or doctor must not learn a round later: who is here, what must not be given, what is given. */
const NUDGED = [
  "Encounter",
  "AllergyIntolerance",
  "MedicationRequest",
  "MedicationAdministration",
  "Flag",
];

/** The criteria of this PC's Subscriptions: the control key's statements, and changes of these groups of patients. */
export function nudgeCriteria(groups: readonly (readonly string[])[]): string[] {
  const [statements = ""] = statementsQuestion(null, 1).split("&");
  return [
    statements,
    ...groups.flatMap((patients) => NUDGED.map((type) => `${type}?${whose(type, patients)}`)),
  ];
}

/** The control key's statements, and the PINs that clinicians changed. A `join` is the answer to one PC, never looked for. */
export function statementsQuestion(since: string | null, pageSize: number): string {
  const kinds = [...StatementKind.exclude(["join"]).options, PIN_CHANGE_CODE];
  const codes = kinds.map((kind) => `${STATEMENT_SYSTEM}|${kind}`);
  return `Basic?code=${list(codes)}&${sinceOf(since)}_sort=_lastUpdated&_count=${pageSize}`;
}

export function identifierQuestion(
  type: string,
  system: string,
  values: readonly string[],
): string {
  return `${type}?identifier=${list(values.map((value) => `${system}|${value}`))}&_count=${Math.max(values.length * 4, 20)}`;
}

/** How many resources of these acts there are, and nothing of them. */
export function copiesQuestion(type: string, system: string, acts: readonly string[]): string {
  return `${type}?identifier=${list(acts.map((act) => `${system}|${act}`))}&_summary=count`;
}

/** What was given of these orders. */
export function dosesQuestion(patient: string, orders: readonly string[]): string {
  return `MedicationAdministration?patient=${list([patient])}&request=${list(orders)}&_count=100`;
}

/** What was written of a patient since: among it may be what was sent and bears no number of ours. */
export function writtenQuestion(type: string, patient: string, since: string): string {
  return `${type}?${whose(type, [patient])}&${sinceOf(since)}_sort=_lastUpdated&_count=100`;
}

/** These, as they are now. */
export function storedQuestion(type: string, ids: readonly string[]): string {
  return `${type}?_id=${list(ids)}&_count=${ids.length}`;
}

/** Which of these are there, and in which version. */
export function heldQuestion(type: string, ids: readonly string[]): string {
  return `${type}?_id=${list(ids)}&_elements=id,meta&_count=${ids.length}`;
}

/** Groups of at most `size`: a URL must stay short enough for every proxy between. */
export function groupsOf<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}

function whose(type: string, patients: readonly string[]): string {
  return `${type === "Patient" ? "_id" : "patient"}=${list(patients)}`;
}

function sinceOf(since: string | null): string {
  return since === null ? "" : `_lastUpdated=ge${encodeURIComponent(since)}&`;
}

function list(values: readonly string[]): string {
  return values.map(encodeURIComponent).join(",");
}
