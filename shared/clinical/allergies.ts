import type { Allergy, AllergySummary, SectionState } from "../contract/parts.ts";
import {
  IPS_ABSENT_SYSTEM,
  NO_KNOWN_ALLERGY,
  NO_KNOWN_DRUG_ALLERGY,
  NO_KNOWN_OTHER_ALLERGY,
  SNOMED,
} from "./codes.ts";
import { codings, conceptText, fallbackName, field, firstCode, idOf, narrative } from "./read.ts";
import { objects, referenceText, text, texts } from "./read.ts";
import { dateOrder, fhirDate } from "./time.ts";

/** What an AllergyIntolerance says: that something harms, or that nothing is known to. */
export type AllergyKind = "allergy" | "none-known" | "none-known-other";

export interface ReadAllergy {
  readonly allergy: Allergy;
  readonly kind: AllergyKind;
  /** Neither refuted, nor a mistake, nor over. */
  readonly inForce: boolean;
}

const CRITICALITY_ORDER = ["high", "unable-to-assess", null, "low"] as const;

/** Of what {@link readAllergies} reads, what decides whether a record warns of anything. */
export function allergyStanding(resource: unknown): Pick<ReadAllergy, "kind" | "inForce"> {
  const clinicalStatus = firstCode(field(resource, "clinicalStatus"));
  const verificationStatus = firstCode(field(resource, "verificationStatus"));
  return {
    kind: kindOf(field(resource, "code")),
    // CLINICAL: only an explicit statement takes an allergy out of force; unknown or missing statuses keep it in.
    inForce:
      verificationStatus !== "refuted" &&
      verificationStatus !== "entered-in-error" &&
      clinicalStatus !== "inactive" &&
      clinicalStatus !== "resolved",
  };
}

/** Reads every AllergyIntolerance; the most dangerous first, and what is no longer in force last. */
export function readAllergies(resources: readonly unknown[]): ReadAllergy[] {
  return resources
    .map(readAllergy)
    .toSorted(
      (a, b) =>
        Number(b.inForce) - Number(a.inForce) ||
        CRITICALITY_ORDER.indexOf(a.allergy.criticality) -
          CRITICALITY_ORDER.indexOf(b.allergy.criticality) ||
        dateOrder(b.allergy.recordedDate) - dateOrder(a.allergy.recordedDate) ||
        (a.allergy.id < b.allergy.id ? -1 : 1),
    );
}

function readAllergy(resource: unknown): ReadAllergy {
  const code = field(resource, "code");
  const clinicalStatus = oneOf(firstCode(field(resource, "clinicalStatus")), CLINICAL);
  const verificationStatus = oneOf(firstCode(field(resource, "verificationStatus")), VERIFICATION);
  const coded = codings(code)[0];
  return {
    ...allergyStanding(resource),
    allergy: {
      id: idOf(resource) ?? "",
      substance: substance(resource),
      code: coded === undefined ? null : { system: coded.system, code: coded.code },
      category: texts(field(resource, "category")),
      criticality: oneOf(text(field(resource, "criticality")), CRITICALITY),
      clinicalStatus,
      verificationStatus,
      reactions: objects(field(resource, "reaction")).flatMap((one) => {
        const manifestations = objects(field(one, "manifestation")).flatMap(
          (m) => conceptText(m) ?? [],
        );
        const described = text(field(one, "description"));
        if (manifestations.length === 0 && described !== null) manifestations.push(described);
        const severity = oneOf(text(field(one, "severity")), SEVERITY);
        return manifestations.length === 0 && severity === null
          ? []
          : [{ manifestations, severity }];
      }),
      recordedDate:
        fhirDate(field(resource, "recordedDate")) ?? fhirDate(field(resource, "onsetDateTime")),
      recorder:
        referenceText(field(resource, "recorder")) ?? referenceText(field(resource, "asserter")),
    },
  };
}

const CLINICAL = ["active", "inactive", "resolved"] as const;
const VERIFICATION = ["unconfirmed", "confirmed", "refuted", "entered-in-error"] as const;
const CRITICALITY = ["low", "high", "unable-to-assess"] as const;
const SEVERITY = ["mild", "moderate", "severe"] as const;

function oneOf<T extends string>(value: string | null, allowed: readonly T[]): T | null {
  return allowed.find((one) => one === value) ?? null;
}

/** The substance in the recorder's words: the code, else the substance of a reaction, else narrative or note. */
function substance(resource: unknown): string {
  const reactions = objects(field(resource, "reaction"));
  return (
    conceptText(field(resource, "code")) ??
    reactions.map((one) => conceptText(field(one, "substance"))).find((one) => one !== null) ??
    narrative(resource) ??
    objects(field(resource, "note"))
      .map((one) => text(field(one, "text")))
      .find((one) => one !== null) ??
    fallbackName(resource)
  );
}

function kindOf(code: unknown): AllergyKind {
  // CLINICAL: a code that names a substance beside a "no known" code is an allergy: the safer reading wins.
  const all = codings(code);
  const kinds = all.map((one) => codeKind(one.system, one.code));
  if (kinds.length === 0 || kinds.includes("allergy")) return "allergy";
  return kinds.includes("none-known") ? "none-known" : "none-known-other";
}

function codeKind(system: string, code: string): AllergyKind {
  if (system === SNOMED) {
    if (NO_KNOWN_ALLERGY.includes(code) || NO_KNOWN_DRUG_ALLERGY.includes(code))
      return "none-known";
    if (NO_KNOWN_OTHER_ALLERGY.includes(code)) return "none-known-other";
  }
  if (system === IPS_ABSENT_SYSTEM) {
    if (code === "no-known-allergies" || code === "no-known-medication-allergies")
      return "none-known";
    if (code.startsWith("no-")) return "none-known-other";
  }
  return "allergy";
}

/**
 * The banner's summary. `listed` needs one allergy in force; `none-known` needs somebody's statement about all or about
 * drug allergies, and nothing missing, damaged or unreadable that could contradict it. Items of `none-known` and
 * `not-recorded` are the statements as recorded ("no known food allergy" alone does not make `none-known`). Items of
 * `not-loaded` are what is already here: to be shown, never to be taken for all.
 */
export function summariseAllergies(
  all: readonly ReadAllergy[],
  section: SectionState,
): AllergySummary {
  const inForce = all.filter((one) => one.inForce);
  const harmful = inForce.filter((one) => one.kind === "allergy");
  const shown = harmful.length > 0 ? harmful : inForce;
  return {
    status: status(harmful.length, inForce, section),
    items: shown.map(({ allergy }) => ({
      id: allergy.id,
      substance: allergy.substance,
      criticality: allergy.criticality,
      verificationStatus: allergy.verificationStatus,
    })),
    section,
  };
}

function status(
  harmful: number,
  inForce: readonly ReadAllergy[],
  section: SectionState,
): AllergySummary["status"] {
  if (!section.loaded) return "not-loaded";
  if (harmful > 0) return "listed";
  // CLINICAL: what could not be read may be the allergy that matters: never "none" beside it.
  if (section.damaged || section.unreadable.length > 0) return "not-loaded";
  return inForce.some((one) => one.kind === "none-known") ? "none-known" : "not-recorded";
}
