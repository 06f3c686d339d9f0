import { field, objects, text } from "../../../shared/clinical/index.ts";
import type { SignedAct } from "../../../shared/trust/index.ts";
import type { Audit } from "../audit/index.ts";
import type { AtGiving } from "../record/index.ts";
import type { PushEvent, SyncAlarm } from "../sync/index.ts";

/** A reason in one word or two, for a trail that takes no free text. */
export function asCode(words: string): string {
  return words.replaceAll(/[^\w.:/|@+-]+/gu, "-").slice(0, 128);
}

/** Which record a decision is about, how it was decided or would be, and who had said the same before. */
function decided({ entries }: SignedAct["act"]): Record<string, string> {
  const provenance = entries.find(
    ({ resource: { resourceType } }) => resourceType === "Provenance",
  );
  const said = provenance?.resource;
  const about = [
    ...objects(field(said, "entity")).map((entity) => field(entity, "what")),
    ...objects(field(said, "target")),
  ];
  const record = text(field(about[0], "reference"))?.replace(/\/_history\/.*$/u, "") ?? "";
  const [coding] = objects(field(field(said, "activity"), "coding"));
  const [, first] = objects(field(said, "agent"));
  const agreed = text(field(field(first, "who"), "reference"))?.replace("Practitioner/", "");
  return {
    record: asCode(record),
    verdict: asCode(text(field(coding, "code")) ?? ""),
    ...(agreed !== undefined && agreed !== null && { first: asCode(agreed) }),
  };
}

/** What each thing that happens says in the audit trail. */
export function createAuditing(audit: Audit) {
  return {
    /** `giving`: of a dose that was given, which version of which order was compared with what. */
    charted: ({ act }: SignedAct, giving?: AtGiving): string =>
      audit.body({
        kind: act.kind === "decision" ? "gate-decision" : "act-charted",
        clinician: act.author,
        patient: act.patient,
        detail: {
          act: act.uuid,
          what: act.kind,
          resources: act.entries.length,
          ...(act.kind === "decision" && decided(act)),
          ...(giving !== undefined && {
            order: asCode(giving.order),
            version: asCode(giving.version ?? ""),
            compared: asCode([...new Set(giving.compared)].toSorted().join("+")),
          }),
        },
      }),
    statementKept: (kind: string, subject: string, number: number): string =>
      audit.body({
        kind: "roster-accepted",
        detail: { what: kind, subject: asCode(subject), number },
      }),
    statementRefused: (reason: string): string =>
      audit.body({ kind: "statement-refused", detail: { reason } }),
    slotMade: (clinician: string): string =>
      audit.body({ kind: "slots-made", detail: { subject: asCode(clinician) } }),
    slotRemoved: (clinician: string): string =>
      audit.body({ kind: "slot-removed", detail: { subject: asCode(clinician) } }),
    pinChanged: (clinician: string, here: boolean): string =>
      audit.body({
        kind: "pin-changed",
        clinician: here ? clinician : null,
        detail: { subject: asCode(clinician), here },
      }),
    itCodeUsed: (purpose: string): string =>
      audit.body({
        kind: purpose === "extend" ? "offline-limit" : "seal",
        detail: { by: "it-code" },
      }),
    itCodeRefused: (purpose: string, failures: number): string =>
      audit.body({
        kind: "refusal",
        detail: { what: "it-code", purpose: asCode(purpose), failures },
      }),
    joined: (): string => audit.body({ kind: "join" }),
    /** Attempts are told by their outcome; a postponed one is no event of care. */
    pushed: (event: PushEvent): readonly string[] => {
      const who = { patient: event.patient, clinician: event.author };
      switch (event.kind) {
        case "acknowledged":
          return [
            audit.body({
              kind: "act-acknowledged",
              ...who,
              detail: { act: event.act, found: event.found },
            }),
          ];
        case "merged":
          return [audit.body({ kind: "act-merged", ...who, detail: { act: event.act } })];
        case "parked":
          return [
            audit.body({
              kind: "act-parked",
              ...who,
              detail: { act: event.act, why: event.why },
            }),
          ];
        case "settled":
          return [
            audit.body({ kind: "act-settled", ...who, detail: { act: event.act, why: event.why } }),
          ];
        case "offered-again":
          return [audit.body({ kind: "act-offered-again", ...who, detail: { act: event.act } })];
        case "postponed":
          return [];
      }
    },
    /** Which order was stopped by which records; the reason of an override is in the act. */
    stopped: (
      who: { readonly clinician: string; readonly patient: string },
      order: string,
      allergies: readonly string[],
      override: { readonly act: string; readonly second: string | null } | null,
    ): Promise<void> =>
      audit.record({
        kind: override === null ? "allergy-stop" : "allergy-override",
        clinician: asCode(who.clinician),
        patient: asCode(who.patient),
        detail: {
          order: asCode(order),
          allergies: asCode(allergies.join("|")),
          ...(override !== null && { act: asCode(override.act) }),
          ...(override?.second != null && { second: asCode(override.second) }),
        },
      }),
    alarm: (alarm: SyncAlarm): Promise<void> => {
      if (alarm.kind === "held") {
        const { type, id, patient, reasons } = alarm;
        // SECURITY: whom the HIS names is its own free text; it is in the hold, not in the trail.
        const detail = { record: asCode(`${type}/${id}`), reasons: asCode(reasons) };
        return audit.record({ kind: "gate", patient: asCode(patient), detail });
      }
      const detail = Object.fromEntries(
        Object.entries(alarm).flatMap(([key, value]) =>
          key === "detail" || key === "patient" || value === null
            ? []
            : [[key, typeof value === "string" ? asCode(value) : value]],
        ),
      );
      return audit.record({ kind: "sync-alarm", detail });
    },
  };
}
export type Auditing = ReturnType<typeof createAuditing>;
