import { createHash } from "node:crypto";
import { isGuarded } from "../guard/index.ts";
import type { AcceptedFact, IncomingFact, Removal, Signature } from "../guard/index.ts";
import { FhirResource } from "../../../shared/fhir/index.ts";
import { WARD_PATIENT } from "../store/index.ts";
import type { ChartBatch, InboxPage, UnreadableRow } from "../store/index.ts";
import { factOf, gateVersion } from "./guarded.ts";
import { holderOf, isOvertakenElsewhere, leaveOthers, otherHolders } from "./apply-repoint.ts";
import type { Listings } from "./listings.ts";
import { isOvertaken } from "./notice.ts";
import { patientOf } from "./references.ts";
import { readable, salvagedText } from "./readable.ts";
import { SECTION_TYPES, WARD_TYPES } from "./types.ts";
import type { SyncAlarm } from "./types.ts";

/** What a page is of. */
export type PagePlace = Omit<InboxPage, "sealed" | "seq">;

/** What a batch of pages comes to, before it is written. Order matters: the last word on an id counts. */
export interface Gathered {
  readonly upserts: Map<string, { patient: string; resource: FhirResource }>;
  readonly removals: Map<string, ChartBatch["removals"][number]>;
  readonly unreadable: Map<string, UnreadableRow>;
  /** Removals this batch tells of, whether or not anything of them is held here. */
  readonly known: Map<string, Removal>;
  /** Sections in which something was found missing: to be fetched again. */
  readonly wanted: { readonly patient: string; readonly type: string }[];
  /** Types of which a listing was not heard to its end: to be listed again. */
  readonly relist: Set<string>;
  readonly sections: ChartBatch["sections"][number][];
  readonly typeAsOf: Map<string, string>;
  /** Facts as the ledger will hold them after the batch. */
  readonly facts: Map<string, AcceptedFact>;
  readonly alarms: SyncAlarm[];
  resources: number;
}

export interface Setting {
  /** The HIS's base, to tell its references from another server's. */
  readonly base: string;
  readonly inScope: ReadonlySet<string>;
  readonly now: number;
  /** The last accepted version, from the ledger or from earlier in this batch; null when there is none. */
  readonly previous: (type: string, id: string) => AcceptedFact | null;
  /** A removal known since the chart was opened, by `type/id`; what is gathered adds to them. */
  readonly removal: (key: string) => Removal | undefined;
  /** Under which patients the chart or this batch may hold a resource; who asks looks before he believes it. */
  readonly holders: (type: string, id: string) => readonly string[];
  /** Notes that the batch puts a resource under a patient. */
  readonly settle: (patient: string, type: string, id: string) => void;
  /** Listings under way, across batches. */
  readonly listings: Listings;
  /** A section as the chart has it, before this batch. */
  readonly held: (patient: string, type: string) => ReadonlyMap<string, FhirResource>;
  /** What of a section could not be read, and since when. */
  readonly unreadable: (patient: string, type: string) => ReadonlyMap<string, number>;
  readonly isLoaded: (patient: string, type: string) => boolean;
  /** A signature over exactly this version or removal that was found good; null: none that counts. */
  readonly signature: (incoming: IncomingFact, previous: AcceptedFact | null) => Signature | null;
  /** Who did it, as the HIS says; nothing proves it. */
  readonly author: (incoming: IncomingFact) => string | null;
  /** True when a page of the section (or, without a patient, of the type) could not be opened and is not made good yet. */
  readonly hasGap: (type: string, patient: string | null, asOf: string) => boolean;
}

export function emptyGathered(): Gathered {
  return {
    upserts: new Map(),
    removals: new Map(),
    known: new Map(),
    wanted: [],
    relist: new Set(),
    unreadable: new Map(),
    sections: [],
    typeAsOf: new Map(),
    facts: new Map(),
    alarms: [],
    resources: 0,
  };
}

const isWardType = (type: string): boolean => (WARD_TYPES as readonly string[]).includes(type);

/** Adds one opened page to what is gathered. Pure but for `gathered`; nothing a resource says can make it throw. */
export function gatherPage(
  gathered: Gathered,
  page: PagePlace,
  resources: readonly Record<string, unknown>[],
  setting: Setting,
): void {
  for (const resource of resources) gatherResource(gathered, page, resource, setting);
  if (!page.last) return;
  if (page.kind === "backfill" && page.patient !== null) {
    if (!setting.hasGap(page.type, page.patient, page.asOf))
      gathered.sections.push({ patient: page.patient, type: page.type, asOf: page.asOf });
    return;
  }
  for (const type of page.type.split(",")) {
    if (setting.hasGap(type, null, page.asOf)) continue;
    if (page.kind === "scope" || isWardType(type))
      gathered.sections.push({ patient: WARD_PATIENT, type, asOf: page.asOf });
    if (page.kind === "pull") gathered.typeAsOf.set(type, page.asOf);
  }
}

function gatherResource(
  gathered: Gathered,
  page: PagePlace,
  resource: Record<string, unknown>,
  setting: Setting,
): void {
  gathered.resources += 1;
  const type = String(resource["resourceType"]);
  if (type !== page.type || !isKept(type)) {
    gathered.alarms.push({ kind: "wrong-type", type: type.slice(0, 64), asked: page.type });
    return;
  }
  const patient = isWardType(type) ? WARD_PATIENT : patientOf(resource, setting.base);
  const belongs =
    patient !== null &&
    (isWardType(type) ||
      (page.patient === null ? setting.inScope.has(patient) : patient === page.patient));
  const id = typeof resource["id"] === "string" ? resource["id"] : null;
  if (!belongs) {
    // CLINICAL: a record that names another patient, or none, is never filed under the one that was asked for.
    gathered.alarms.push({ kind: "wrong-patient", type, id: id ?? "", asked: page.patient ?? "" });
    if (page.patient !== null)
      addUnreadable(
        gathered,
        page.patient,
        resource,
        patient === null ? "it names no patient of this HIS" : "it names another patient",
        setting,
      );
    return;
  }
  const read = readable(resource);
  if (read.ok) accept(gathered, page.asOf, patient, read.resource, setting);
  else {
    gathered.alarms.push({ kind: "unreadable", type, id: id ?? "", patient });
    if (type === "MedicationRequest") stopUnreadable(gathered, patient, resource, setting);
    addUnreadable(gathered, patient, resource, read.reason, setting);
  }
}

function isKept(type: string): boolean {
  return isWardType(type) || (SECTION_TYPES as readonly string[]).includes(type);
}

function accept(
  gathered: Gathered,
  asOf: string,
  patient: string,
  incoming: FhirResource,
  setting: Setting,
): void {
  const { resourceType: type, id } = incoming;
  const key = `${type}/${id}`;
  const removal = gathered.known.get(key) ?? setting.removal(key);
  // CLINICAL: an answer from before a deletion, applied after it, does not bring back what is gone.
  if (removal !== undefined && isOvertaken(incoming, asOf, removal)) return;
  // CLINICAL: nor does an answer from before it went to another patient take it back from him.
  const others = otherHolders(gathered, patient, type, id, setting);
  if (others.size > 0 && isOvertakenElsewhere(others, incoming, asOf)) return;
  if (!isGuarded(type)) {
    put(gathered, patient, incoming, setting);
    return;
  }
  const previous = factOf(gathered, { patient: holderOf(others, patient), type, id }, setting);
  if (previous?.removed != null && isOvertaken(incoming, asOf, previous.removed)) return;
  // CLINICAL: what is in force is what the gate says; when a change is held, that is the earlier version.
  const inForce = gateVersion(gathered, { patient, resource: incoming }, previous, setting);
  if (inForce !== null) put(gathered, inForce.patient, inForce.resource, setting);
}

/** FHIR R4, medicationrequest-status. */
const ORDER_STATUS = new Set([
  "on-hold",
  "cancelled",
  "completed",
  "entered-in-error",
  "stopped",
  "draft",
]);

/**
 * CLINICAL: a stop takes effect even where the rest of the version cannot be read: the order as it was, ended. What could not
 * be read is said beside it.
 */
function stopUnreadable(
  gathered: Gathered,
  patient: string,
  version: Record<string, unknown>,
  setting: Setting,
): void {
  const { id, status, meta } = version;
  if (typeof id !== "string" || typeof status !== "string" || status === "active") return;
  const previous = factOf(gathered, { patient, type: "MedicationRequest", id }, setting);
  if (previous === null || previous.removed !== null) return;
  const stopped = FhirResource.safeParse({
    ...previous.resource,
    status: ORDER_STATUS.has(status) ? status : "unknown",
    meta,
  });
  if (!stopped.success) return;
  const inForce = gateVersion(gathered, { patient, resource: stopped.data }, previous, setting);
  if (inForce !== null) put(gathered, inForce.patient, inForce.resource, setting);
}

/** Accepted for this patient, and so no longer another's. */
export function put(
  gathered: Gathered,
  patient: string,
  resource: FhirResource,
  setting: Setting,
): void {
  const { resourceType: type, id } = resource;
  const key = `${patient}/${type}/${id}`;
  leaveOthers(gathered, patient, type, id, setting);
  setting.settle(patient, type, id);
  gathered.unreadable.delete(key);
  gathered.removals.delete(key);
  gathered.upserts.set(key, { patient, resource });
}

/** The last good version, if there is one, stays where it is: nothing is removed. */
function addUnreadable(
  gathered: Gathered,
  patient: string,
  resource: Record<string, unknown>,
  reason: string,
  setting: Setting,
): void {
  const type = String(resource["resourceType"]);
  const id =
    typeof resource["id"] === "string" && resource["id"] !== ""
      ? resource["id"].slice(0, 64)
      : nameless(resource);
  setting.settle(patient, type, id);
  gathered.unreadable.set(`${patient}/${type}/${id}`, {
    patient,
    type,
    id,
    reason,
    text: salvagedText(resource),
    at: setting.now,
  });
}

// Without an id the same record must still be the same row when it comes again.
function nameless(resource: Record<string, unknown>): string {
  return `no-id-${createHash("sha256").update(JSON.stringify(resource)).digest("hex").slice(0, 16)}`;
}
