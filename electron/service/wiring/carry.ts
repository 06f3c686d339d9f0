import { STATEMENT_JWS_URL, STATEMENT_SYSTEM } from "../../../shared/trust/index.ts";
import type { HisClient } from "../his/index.ts";
import type { AccessRow, Journal, PinChangeRow, Remote } from "../store/index.ts";

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
      await his.send("PUT", `Basic/${idOf(change)}`, JSON.stringify(pinCarrier(change)));
      await journal.setPinChangeSent(change.clinician, change.number);
    }
    const accesses = (await journal.accesses()).filter(({ reported }) => !reported);
    for (const access of accesses.slice(0, MOST)) {
      await his.send("PUT", `AuditEvent/${access.id}`, JSON.stringify(report(access, workstation)));
      await journal.setAccessReported(access.id);
    }
  };
}

/** One place a clinician: a later change takes the earlier one's. */
const idOf = ({ clinician }: PinChangeRow): string => `pin-change-${clinician}`.slice(0, 64);

function pinCarrier(change: PinChangeRow): object {
  return {
    resourceType: "Basic",
    id: idOf(change),
    identifier: [{ system: STATEMENT_SYSTEM, value: change.clinician }],
    code: { coding: [{ system: STATEMENT_SYSTEM, code: "pin-change" }], text: "pin-change" },
    extension: [{ url: STATEMENT_JWS_URL, valueString: change.jws }],
  };
}

/** DICOM and HL7 codes of an access beyond the ordinary (IHE BALP; ActReason BTG, "break the glass"). */
function report(access: AccessRow, workstation: string): object {
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
    ...(access.patient !== null && {
      entity: [{ what: { reference: `Patient/${access.patient}` } }],
    }),
  };
}
