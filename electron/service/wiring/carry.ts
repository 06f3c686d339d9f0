import { ACCESS_SYSTEM } from "../audit/index.ts";
import { carrierOf } from "../../../shared/trust/index.ts";
import { HisError, type HisClient } from "../his/index.ts";
import type { AccessRow, Journal, Remote } from "../store/index.ts";

/** One round takes at most this many of each; the rest goes with the next. */
const MOST = 20;

/**
 * This PC's own news for the HIS, beside charting: changed PINs, which other PCs need, and overrides and emergency
 * accesses, which those who review them need. Each is repeated until the HIS has taken it; both may be sent twice.
 */
export function createCarrier(room: {
  readonly journal: Pick<
    Remote<Journal>,
    "pinChanges" | "setPinChangeSent" | "accesses" | "setAccessReported"
  >;
  readonly workstation: string;
}): (his: Pick<HisClient, "send">) => Promise<void> {
  const { journal, workstation } = room;
  return async (his) => {
    const changes = (await journal.pinChanges()).filter(({ sent }) => !sent);
    for (const change of changes.slice(0, MOST)) {
      await put(his, carrierOf("pin-change", change.clinician, change.jws));
      await journal.setPinChangeSent(change.clinician, change.number);
    }
    const accesses = (await journal.accesses()).filter(({ reported }) => !reported);
    for (const access of accesses.slice(0, MOST)) {
      await put(his, report(access, workstation));
      await journal.setAccessReported(access.id);
    }
  };
}

/** Under our own id; a HIS that takes no client's ids (404 for a new one) gives it one of its own. */
async function put(his: Pick<HisClient, "send">, resource: Carried): Promise<void> {
  const { resourceType, id, ...nameless } = resource;
  try {
    await his.send("PUT", `${resourceType}/${id}`, JSON.stringify(resource));
  } catch (error) {
    if (!(error instanceof HisError) || error.failure.kind !== "gone") throw error;
    await his.send("POST", resourceType, JSON.stringify({ resourceType, ...nameless }));
  }
}

interface Carried {
  readonly resourceType: "Basic" | "AuditEvent";
  readonly id: string;
}

/** DICOM and HL7 codes of an access beyond the ordinary (IHE BALP; ActReason BTG, "break the glass"). */
function report(access: AccessRow, workstation: string): Carried & Record<string, unknown> {
  const iso = (at: number): string => new Date(at).toISOString();
  const who =
    access.clinician === null
      ? { altId: "emergency access", name: access.name ?? "unknown" }
      : { who: { reference: `Practitioner/${access.clinician}` } };
  return {
    resourceType: "AuditEvent",
    id: access.id,
    type: {
      system: "http://dicom.nema.org/resources/ontology/DCM",
      code: "110113",
      display: "Security Alert",
    },
    subtype: [
      {
        system: "http://dicom.nema.org/resources/ontology/DCM",
        code: "110127",
        display: "Emergency Override Started",
      },
    ],
    action: "E",
    period: { start: iso(access.at), ...(access.until !== null && { end: iso(access.until) }) },
    recorded: iso(access.at),
    outcome: "0",
    purposeOfEvent: [
      {
        coding: [
          {
            system: "http://terminology.hl7.org/CodeSystem/v3-ActReason",
            code: access.kind === "emergency" ? "ETREAT" : "BTG",
          },
        ],
        text: access.reason,
      },
    ],
    agent: [
      { ...who, requestor: true },
      ...(access.by === null
        ? []
        : [{ who: { reference: `Practitioner/${access.by}` }, requestor: false }]),
    ],
    source: { observer: { display: workstation } },
    entity: [
      ...(access.patient === null ? [] : [{ what: { reference: `Patient/${access.patient}` } }]),
      // A HIS that gives its own ids: by this a review says which access it means.
      { what: { identifier: { system: ACCESS_SYSTEM, value: access.id } } },
    ],
  };
}

/** A PC was wiped by order; names the order, so that the desk can tick it off. */
export function wipeReport(input: {
  readonly order: { readonly id: string };
  readonly workstation: string;
  readonly at: Date;
}): object {
  const at = input.at.toISOString();
  return {
    resourceType: "AuditEvent",
    type: {
      system: "http://dicom.nema.org/resources/ontology/DCM",
      code: "110100",
      display: "Application Activity",
    },
    subtype: [{ system: "urn:amanah:audit", code: "wipe", display: "Wiped by order" }],
    action: "D",
    recorded: at,
    outcome: "0",
    agent: [{ altId: input.workstation, requestor: true }],
    source: { observer: { display: input.workstation } },
    entity: [{ name: input.order.id }],
  };
}
