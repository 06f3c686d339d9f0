import { createHash } from "node:crypto";
import type { AuditHeadRow, AuditRow } from "../store/types.ts";
import { AuditEvent, type AuditKind } from "./events.ts";

/**
 * The trail as FHIR R4 AuditEvents by the patterns of IHE BALP (Basic Audit Log Patterns 1.1): client and server agents,
 * the person as the agent with `requestor`, patient and data entities, one event for each patient. Pure: the same entry
 * makes the same events with the same ids, on whichever try.
 */
interface AuditEventResource {
  readonly resourceType: "AuditEvent";
  readonly id: string;
  readonly [name: string]: unknown;
}

/** The PC that tells, and the HIS whose records it is about. */
interface Place {
  readonly workstation: string;
  readonly base: string;
}

const DCM = "http://dicom.nema.org/resources/ontology/DCM";
const OURS = "urn:amanah:audit";
const BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";

type Shape =
  /** A RESTful operation on a patient's record. */
  | { readonly as: "read" | "query" | "create" }
  /** A person comes or goes. */
  | { readonly as: "login" | "logout" }
  /** Something that whoever watches over security must see. */
  | { readonly as: "alert" }
  /** What the PC does by itself or IT does at it. */
  | { readonly as: "activity"; readonly code?: "start" | "stop" }
  /** Travels with its reason, which has no place in the trail (`wiring/carry.ts`). */
  | { readonly as: "carried-with-its-reason" };

/** How each kind of entry is told. A kind that is missing here does not compile. */
const SHAPES: Readonly<Record<AuditKind, Shape & { readonly failed?: true }>> = {
  "service-start": { as: "activity", code: "start" },
  "service-stop": { as: "activity", code: "stop" },
  "device-keys-made": { as: "activity" },
  join: { as: "activity" },
  "policy-changed": { as: "activity" },
  "policy-refused": { as: "alert", failed: true },
  "slots-made": { as: "activity" },
  "slot-removed": { as: "activity" },
  "roster-accepted": { as: "activity" },
  "statement-refused": { as: "alert", failed: true },
  "sign-in": { as: "login" },
  "sign-in-refused": { as: "login", failed: true },
  lock: { as: "activity" },
  "sign-out": { as: "logout" },
  "badge-proof-refused": { as: "login", failed: true },
  "pin-count-unkept": { as: "alert", failed: true },
  "pin-changed": { as: "activity" },
  "emergency-access": { as: "carried-with-its-reason" },
  override: { as: "carried-with-its-reason" },
  "access-reviewed": { as: "activity" },
  "access-list-read": { as: "activity" },
  "unusual-reading": { as: "alert" },
  "patient-read": { as: "read" },
  "ward-read": { as: "query" },
  "patient-sought": { as: "query" },
  "patient-brought": { as: "read" },
  "act-charted": { as: "create" },
  "act-acknowledged": { as: "activity" },
  "act-parked": { as: "activity" },
  "act-retried": { as: "activity" },
  "act-merged": { as: "activity" },
  "act-settled": { as: "activity" },
  "act-offered-again": { as: "activity" },
  refusal: { as: "alert", failed: true },
  gate: { as: "alert" },
  "gate-decision": { as: "create" },
  "allergy-stop": { as: "alert", failed: true },
  "allergy-override": { as: "alert" },
  "sync-alarm": { as: "alert" },
  "clock-doubtful": { as: "alert" },
  "trail-broken": { as: "alert" },
  "trail-verified": { as: "activity" },
  damage: { as: "alert" },
  rollback: { as: "alert" },
  "escrow-damaged": { as: "alert" },
  seal: { as: "activity" },
  rotation: { as: "activity" },
  "offline-limit": { as: "activity" },
};

/** The events of one entry of the trail; none for what travels another way. */
export function auditEventsOf(row: AuditRow, place: Place): AuditEventResource[] {
  const event = read(row.body);
  if (event === null) return [unreadEvent(row, place)];
  const shape = SHAPES[event.kind];
  if (shape.as === "carried-with-its-reason") return [];
  const patients = event.patients ?? (event.patient === undefined ? [] : [event.patient]);
  return (patients.length === 0 ? [null] : patients).map((patient) =>
    one(row, event, shape, patient, place),
  );
}

/** A signed head of the trail, for whoever wants to prove later that nothing of it was cut off. */
export function headEvent({ seq, hash, at, jws }: AuditHeadRow, place: Place): AuditEventResource {
  const id = idOf(hash, "head");
  return {
    resourceType: "AuditEvent",
    id,
    type: coding(DCM, "110100", "Application Activity"),
    subtype: [coding(OURS, "head", "Signed head of the audit trail")],
    action: "E",
    recorded: at,
    outcome: "0",
    agent: [workstationAgent(place, "110153", "Source Role ID", true)],
    source: source(place),
    entity: [
      {
        ...kindOf("2", "System Object"),
        role: role("13", "Security Resource"),
        name: id,
        detail: details({ seq, hash, jws }),
      },
    ],
  };
}

function read(body: string): AuditEvent | null {
  try {
    const event = AuditEvent.safeParse(JSON.parse(body));
    return event.success ? event.data : null;
  } catch {
    return null;
  }
}

/** An entry of a later version, or one that somebody wrote: its place is told, and its text stays here. */
function unreadEvent({ seq, hash }: AuditRow, place: Place): AuditEventResource {
  const id = idOf(hash, "");
  return {
    resourceType: "AuditEvent",
    id,
    type: coding(DCM, "110113", "Security Alert"),
    subtype: [coding(OURS, "unreadable-entry", "Entry that this version cannot read")],
    action: "E",
    recorded: new Date(0).toISOString(),
    outcome: "4",
    agent: [workstationAgent(place, "110153", "Source Role ID", true)],
    source: source(place),
    entity: [
      {
        ...kindOf("2", "System Object"),
        role: role("13", "Security Resource"),
        name: id,
        detail: details({ seq, hash }),
      },
    ],
  };
}

function one(
  { seq, hash }: AuditRow,
  event: AuditEvent,
  shape: (typeof SHAPES)[AuditKind],
  patient: string | null,
  place: Place,
): AuditEventResource {
  const id = idOf(hash, patient ?? "");
  const rest = shape.as === "read" || shape.as === "query" || shape.as === "create";
  return {
    resourceType: "AuditEvent",
    id,
    ...profileOf(shape.as, patient),
    type: typeOf(shape),
    subtype: subtypesOf(shape, event.kind),
    action: { read: "R", create: "C" }[shape.as as string] ?? "E",
    recorded: event.at,
    outcome: shape.failed === true ? "4" : "0",
    agent: [...(rest ? restAgents(shape.as, place) : []), ...userAgents(event, shape, place, rest)],
    source: source(place),
    entity: [
      ...(patient === null ? [] : [patientEntity(patient)]),
      ...(shape.as === "query" ? [queryEntity(event)] : []),
      {
        ...(patient !== null && rest ? { what: { reference: `Patient/${patient}` } } : {}),
        ...kindOf("2", "System Object"),
        role: rest ? role("4", "Domain Resource") : role("13", "Security Resource"),
        // A HIS that gives its own ids finds by this whether it has the event already.
        name: id,
        detail: details({ seq, hash, ...event.detail }),
      },
    ],
  };
}

function profileOf(as: Shape["as"], patient: string | null): { meta?: object } {
  if (patient === null) return as === "query" ? { meta: { profile: [`${BALP}Query`] } } : {};
  const name = { read: "PatientRead", query: "PatientQuery", create: "PatientCreate" }[
    as as string
  ];
  return name === undefined ? {} : { meta: { profile: [`${BALP}${name}`] } };
}

function typeOf(shape: Shape): object {
  switch (shape.as) {
    case "read":
    case "query":
    case "create":
      return coding(
        "http://terminology.hl7.org/CodeSystem/audit-event-type",
        "rest",
        "Restful Operation",
      );
    case "login":
    case "logout":
      return coding(DCM, "110114", "User Authentication");
    case "alert":
      return coding(DCM, "110113", "Security Alert");
    case "activity":
    case "carried-with-its-reason":
      return coding(DCM, "110100", "Application Activity");
  }
}

function subtypesOf(shape: Shape, kind: AuditKind): object[] {
  const interaction = (code: string): object =>
    coding("http://hl7.org/fhir/restful-interaction", code, code);
  const first = {
    read: [interaction("read")],
    query: [interaction("search")],
    create: [interaction("create")],
    login: [coding(DCM, "110122", "Login")],
    logout: [coding(DCM, "110123", "Logout")],
    alert: [],
    activity: [],
    "carried-with-its-reason": [],
  }[shape.as];
  const code = shape.as === "activity" ? shape.code : undefined;
  const more =
    code === "start"
      ? [coding(DCM, "110120", "Application Start")]
      : code === "stop"
        ? [coding(DCM, "110121", "Application Stop")]
        : [];
  return [...first, ...more, coding(OURS, kind, kind)];
}

/** BALP: what is read flows from the server to the client; for a query and a create the client is the source. */
function restAgents(as: Shape["as"], place: Place): object[] {
  const from = { code: "110153", display: "Source Role ID" };
  const to = { code: "110152", display: "Destination Role ID" };
  const [ours, theirs] = as === "read" ? [to, from] : [from, to];
  return [
    workstationAgent(place, ours.code, ours.display, false),
    {
      type: { coding: [coding(DCM, theirs.code, theirs.display)] },
      who: { display: place.base },
      requestor: false,
      network: { address: place.base, type: "5" },
    },
  ];
}

/** The person; where the PC acted by itself, the PC asks. */
function userAgents(event: AuditEvent, shape: Shape, place: Place, rest: boolean): object[] {
  const { clinician } = event;
  if (clinician === null)
    return rest ? [] : [workstationAgent(place, "110153", "Source Role ID", true)];
  const code = shape.as === "create" ? "AUT" : "IRCP";
  const type = {
    coding: [coding("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code)],
  };
  const who = clinician.startsWith("emergency:")
    ? { who: { display: "emergency access" }, altId: clinician }
    : { who: { reference: `Practitioner/${clinician}` } };
  return [{ type, ...who, requestor: true }];
}

function workstationAgent(place: Place, code: string, display: string, requestor: boolean): object {
  return {
    type: { coding: [coding(DCM, code, display)] },
    who: { display: place.workstation },
    requestor,
  };
}

const source = ({ workstation }: Place): object => ({
  observer: { display: workstation },
  type: [coding("http://terminology.hl7.org/CodeSystem/security-source-type", "1", "User Device")],
});

const patientEntity = (patient: string): object => ({
  what: { reference: `Patient/${patient}` },
  ...kindOf("1", "Person"),
  role: role("1", "Patient"),
});

/** What the board asks of this PC's cache, as the HIS would be asked. */
function queryEntity({ detail }: AuditEvent): object {
  const asked = `Encounter?location=${String(detail["ward"] ?? "")}&status=in-progress`;
  return {
    ...kindOf("2", "System Object"),
    role: role("24", "Query"),
    query: Buffer.from(asked).toString("base64"),
  };
}

const kindOf = (code: string, display: string): object => ({
  type: coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", code, display),
});
const role = (code: string, display: string): object =>
  coding("http://terminology.hl7.org/CodeSystem/object-role", code, display);
const coding = (system: string, code: string, display?: string): object => ({
  system,
  code,
  ...(display !== undefined && { display }),
});
const details = (all: Readonly<Record<string, string | number | boolean>>): object[] =>
  Object.entries(all)
    .filter(([, value]) => value !== "")
    .map(([type, value]) => ({ type, valueString: String(value) }));

/** A UUID of the entry's hash, which no other entry of any PC has. @see RFC 9562, version 8 */
function idOf(hash: string, part: string): string {
  const hex = createHash("sha256").update(`${hash}\n${part}`).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
