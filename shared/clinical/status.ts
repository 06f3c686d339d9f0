import { FLAG_CATEGORY, PREGNANCY_STATUS, PREGNANT_ANSWERS, PREGNANT_CONDITIONS } from "./codes.ts";
import {
  ICD10_SYSTEMS,
  PREGNANT_ICD10,
  RESUSCITATION,
  SNOMED,
  SPO2_SCALE_SYSTEM,
} from "./codes.ts";
import { LOINC } from "../fhir/codes.ts";
import {
  codings,
  conceptText,
  fallbackName,
  field,
  firstCode,
  hasCode,
  narrative,
} from "./read.ts";
import { text, typeOf } from "./read.ts";
import { dateOrder, effectiveDate, effectiveInstant, fhirDate, millis } from "./time.ts";

/** Flags and ServiceRequests that are in force: active, and not past the end of their period. */
function inForce(resource: unknown, now: number): boolean {
  const status = text(field(resource, "status"));
  if (status !== "active" && status !== "on-hold") return false;
  const end = millis(field(field(resource, "period"), "end"));
  return end === null || end > now;
}

/** The words of a Flag or ServiceRequest. CLINICAL: a request *not* to do something must never read as the thing itself. */
function words(resource: unknown): string {
  const said =
    conceptText(field(resource, "code")) ?? narrative(resource) ?? fallbackName(resource);
  return field(resource, "doNotPerform") === true ? `doNotPerform: ${said}` : said;
}

/** Whether a Flag or ServiceRequest is about resuscitation. */
export function isResuscitation(resource: unknown): boolean {
  const concepts = [field(resource, "code"), field(resource, "category")];
  return concepts.some(
    (concept) =>
      hasCode(concept, FLAG_CATEGORY, ["advance-directive"]) ||
      codings(concept).some(
        ({ system, code }) =>
          system.endsWith("code-status") ||
          (Object.hasOwn(RESUSCITATION, system) && (RESUSCITATION[system] ?? []).includes(code)),
      ),
  );
}

/**
 * Resuscitation status in the HIS's words, from Flags and ServiceRequests; null when none is recorded. CLINICAL: several
 * different ones in force are all given, joined by " / ", and none is chosen for the clinician.
 */
export function codeStatus(resources: readonly unknown[], now: string): string | null {
  const said = resuscitationInForce(resources, now).map(words);
  return said.length === 0 ? null : [...new Set(said)].toSorted().join(" / ");
}

/** The Flags and ServiceRequests that {@link codeStatus} is read from. */
export function resuscitationInForce<T>(resources: readonly T[], now: string): T[] {
  const moment = millis(now) ?? 0;
  return resources
    .filter((one) => ["Flag", "ServiceRequest"].includes(typeOf(one) ?? ""))
    .filter((one) => inForce(one, moment) && isResuscitation(one));
}

/** The words of every active Flag that is not about resuscitation. */
export function alerts(resources: readonly unknown[], now: string): string[] {
  const moment = millis(now) ?? 0;
  const said = resources
    .filter((one) => typeOf(one) === "Flag" && inForce(one, moment))
    .filter(
      (one) =>
        !isResuscitation(one) &&
        codings(field(one, "code")).every((code) => code.system !== SPO2_SCALE_SYSTEM),
    )
    .map(words);
  return [...new Set(said)];
}

/** A statement that she is pregnant, and since when; kept small for the ward board's card. */
export interface PregnancyStatement {
  readonly pregnant: boolean;
  readonly at: string | null;
}

/** CLINICAL: a statement older than 44 weeks cannot be about a pregnancy of today. */
const LONGEST_PREGNANCY_MS = 44 * 7 * 86_400_000;

/** What Conditions and pregnancy-status Observations (LOINC 82810-3) say, newest first. */
export function pregnancyStatements(resources: readonly unknown[]): PregnancyStatement[] {
  return resources
    .flatMap((one) => pregnancyStatement(one) ?? [])
    .toSorted((a, b) => dateOrder(b.at) - dateOrder(a.at));
}

function pregnancyStatement(resource: unknown): PregnancyStatement | null {
  if (typeOf(resource) === "Condition") {
    const active = ["active", "recurrence", "relapse"].includes(
      firstCode(field(resource, "clinicalStatus")) ?? "active",
    );
    const ruledOut = ["refuted", "entered-in-error"].includes(
      firstCode(field(resource, "verificationStatus")) ?? "",
    );
    const over = fhirDate(field(resource, "abatementDateTime")) !== null;
    if (!active || ruledOut || over || !codings(field(resource, "code")).some(namesPregnancy))
      return null;
    const at =
      fhirDate(field(resource, "onsetDateTime")) ?? fhirDate(field(resource, "recordedDate"));
    return { pregnant: true, at };
  }
  if (!isPregnancyObservation(resource)) return null;
  if (["entered-in-error", "cancelled"].includes(text(field(resource, "status")) ?? ""))
    return null;
  const pregnant = codings(field(resource, "valueCodeableConcept")).some(
    ({ system, code }) =>
      Object.hasOwn(PREGNANT_ANSWERS, system) && (PREGNANT_ANSWERS[system] ?? []).includes(code),
  );
  return { pregnant, at: effectiveDate(resource) };
}

function namesPregnancy({ system, code }: { system: string; code: string }): boolean {
  return (
    (system === SNOMED && PREGNANT_CONDITIONS.includes(code)) ||
    (ICD10_SYSTEMS.includes(system) && PREGNANT_ICD10.test(code))
  );
}

/** Whether an Observation is one of pregnancy status. */
export function isPregnancyObservation(resource: unknown): boolean {
  return (
    typeOf(resource) === "Observation" && hasCode(field(resource, "code"), LOINC, PREGNANCY_STATUS)
  );
}

/** CLINICAL: any statement of pregnancy that can still be true counts; only a later denial undoes it. */
export function isPregnant(statements: readonly PregnancyStatement[], now: string): boolean {
  const moment = millis(now) ?? 0;
  const denied = Math.max(
    Number.NEGATIVE_INFINITY,
    ...statements.filter((one) => !one.pregnant).map((one) => dateOrder(one.at)),
  );
  return statements.some((one) => {
    if (!one.pregnant) return false;
    if (one.at === null) return true;
    const at = dateOrder(one.at);
    return at > moment - LONGEST_PREGNANCY_MS && at > denied;
  });
}

/** A clinician's choice of SpO2 scale, with its time. */
export interface ScaleStatement {
  readonly scale: 1 | 2;
  readonly at: string | null;
}

/** The latest SpO2 scale a clinician has set; null when nobody has. */
export function spo2ScaleStatement(resources: readonly unknown[]): ScaleStatement | null {
  const all = resources.flatMap((one) => scaleStatement(one) ?? []);
  return all.toSorted((a, b) => dateOrder(b.at) - dateOrder(a.at))[0] ?? null;
}

function scaleStatement(resource: unknown): ScaleStatement | null {
  const type = typeOf(resource);
  const status = text(field(resource, "status"));
  if (type === "Flag" && status === "active") {
    return asScale(field(resource, "code"), () =>
      fhirDate(field(field(resource, "period"), "start")),
    );
  }
  if (type === "Observation" && !["entered-in-error", "cancelled"].includes(status ?? "")) {
    return asScale(field(resource, "valueCodeableConcept"), () => effectiveInstant(resource));
  }
  return null;
}

function asScale(concept: unknown, at: () => string | null): ScaleStatement | null {
  const code = codings(concept).find((one) => one.system === SPO2_SCALE_SYSTEM)?.code;
  if (code !== "1" && code !== "2") return null;
  return { scale: code === "2" ? 2 : 1, at: at() };
}
