import { z } from "zod";
import type { AuditRow } from "../store/types.ts";
import { AuditEvent } from "./events.ts";

/** Our own id of an access, in the event that reports it: a HIS may give the event another. */
export const ACCESS_SYSTEM = "urn:amanah:access";

/** An override or an emergency access of whichever PC, as the HIS holds its report: ids and words, and no proof. */
export interface ReportedAccess {
  readonly id: string;
  readonly kind: "override" | "emergency";
  /** ISO instants. */
  readonly at: string;
  readonly until: string | null;
  readonly clinician: string | null;
  readonly name: string | null;
  readonly by: string | null;
  readonly patient: string | null;
  readonly reason: string;
  readonly workstation: string;
}

/** That somebody has looked at one. */
export interface ReportedReview {
  readonly access: string;
  readonly by: string;
  readonly at: string;
}

const Coded = z.looseObject({ system: z.string().optional(), code: z.string().optional() });
const Reported = z.looseObject({
  resourceType: z.literal("AuditEvent"),
  id: z.string(),
  subtype: z.array(Coded).min(1),
  recorded: z.iso.datetime({ offset: true }),
  period: z.looseObject({ end: z.iso.datetime({ offset: true }).optional() }).optional(),
  purposeOfEvent: z
    .array(
      z.looseObject({ coding: z.array(Coded).default([]), text: z.string().max(1000).optional() }),
    )
    .default([]),
  agent: z
    .array(
      z.looseObject({
        who: z.looseObject({ reference: z.string().optional() }).optional(),
        name: z.string().max(200).optional(),
        requestor: z.boolean(),
      }),
    )
    .min(1),
  source: z.looseObject({ observer: z.looseObject({ display: z.string().max(200).optional() }) }),
  entity: z
    .array(
      z.looseObject({
        what: z
          .looseObject({
            reference: z.string().optional(),
            identifier: z
              .looseObject({ system: z.string().optional(), value: z.string().optional() })
              .optional(),
          })
          .optional(),
        detail: z
          .array(z.looseObject({ type: z.string(), valueString: z.string().optional() }))
          .default([]),
      }),
    )
    .default([]),
});
type Reported = z.infer<typeof Reported>;

/** DICOM: "Emergency Override Started". */
const OVERRIDE_STARTED = "110127";
const REVIEWED = "access-reviewed";

/** What the HIS is asked for: both kinds of event, newest first. */
export const ACCESSES_QUESTION = `AuditEvent?subtype=${encodeURIComponent(
  `http://dicom.nema.org/resources/ontology/DCM|${OVERRIDE_STARTED},urn:amanah:audit|${REVIEWED}`,
)}&_sort=-_lastUpdated&_count=200`;

/** Reads what the HIS answered; what is neither, or not readable, is left out and counted. */
export function readReported(events: readonly unknown[]): {
  readonly accesses: readonly ReportedAccess[];
  readonly reviews: readonly ReportedReview[];
  readonly unread: number;
} {
  const accesses = new Map<string, ReportedAccess>();
  const reviews: ReportedReview[] = [];
  let unread = 0;
  for (const one of events) {
    const event = Reported.safeParse(one).data;
    const access = event === undefined ? null : accessIn(event);
    const review = event === undefined ? null : reviewSaid(event);
    if (access !== null) accesses.set(access.id, access);
    if (review !== null) reviews.push(review);
    if (access === null && review === null) unread += 1;
  }
  return { accesses: [...accesses.values()], reviews, unread };
}

function accessIn(event: Reported): ReportedAccess | null {
  if (!event.subtype.some(({ code }) => code === OVERRIDE_STARTED)) return null;
  const id = z.uuid().safeParse(ourId(event) ?? event.id);
  if (!id.success) return null;
  const codes = event.purposeOfEvent.flatMap(({ coding }) => coding.map(({ code }) => code));
  const who = event.agent.find(({ requestor }) => requestor);
  const by = event.agent.find(({ requestor }) => !requestor);
  const clinician = idIn("Practitioner", who?.who?.reference);
  // Somebody's who cannot be named is nothing that anybody could look at.
  if (clinician === null && who?.name === undefined) return null;
  const references = event.entity.flatMap(({ what }) => what?.reference ?? []);
  return {
    id: id.data,
    kind: codes.includes("ETREAT") ? "emergency" : "override",
    at: event.recorded,
    until: event.period?.end ?? null,
    clinician,
    name: who?.name ?? null,
    by: idIn("Practitioner", by?.who?.reference),
    patient: references.map((reference) => idIn("Patient", reference)).find(Boolean) ?? null,
    reason: event.purposeOfEvent.find(({ text }) => text !== undefined)?.text ?? "",
    workstation: event.source.observer.display ?? "",
  };
}

function reviewSaid(event: Reported): ReportedReview | null {
  if (!event.subtype.some(({ code }) => code === REVIEWED)) return null;
  const access = event.entity
    .flatMap(({ detail }) => detail)
    .find(({ type }) => type === "access")?.valueString;
  const by = event.agent
    .filter(({ requestor }) => requestor)
    .map(({ who }) => idIn("Practitioner", who?.reference))
    .find(Boolean);
  return access === undefined || by == null ? null : { access, by, at: event.recorded };
}

function ourId({ entity }: Reported): string | null {
  const ours = entity.find(({ what }) => what?.identifier?.system === ACCESS_SYSTEM);
  return ours?.what?.identifier?.value ?? null;
}

function idIn(type: string, reference: string | undefined): string | null {
  const [, id] =
    new RegExp(`(?:^|/)${type}/([A-Za-z0-9.-]{1,64})$`, "u").exec(reference ?? "") ?? [];
  return id ?? null;
}

/** A review in a trail of ours; null: the entry is another. */
export function reviewIn({ body }: AuditRow): ReportedReview | null {
  const entry = entryOf(body);
  const access = entry?.detail["access"];
  return entry?.kind === REVIEWED && entry.clinician !== null && typeof access === "string"
    ? { access, by: entry.clinician, at: entry.at }
    : null;
}

function entryOf(body: string): AuditEvent | null {
  try {
    return AuditEvent.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

/** Who looked first, of those who may: nobody looks at what she did herself, whatever the HIS says. */
export function reviewOf(
  { id, clinician, by }: Pick<ReportedAccess, "id" | "clinician" | "by">,
  reviews: readonly ReportedReview[],
): ReportedReview | null {
  const own = reviews.filter((one) => one.access === id && one.by !== clinician && one.by !== by);
  return own.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0] ?? null;
}
