import type { MedicineCheck, SectionState } from "../../../shared/contract/index.ts";
import {
  drugAllergyCheck,
  medicineOf,
  type AllergyEntry,
  type GivenDose,
  type Knowledge,
  type Medicine,
} from "../../../shared/clinical/drug-allergy/index.ts";
import { field, instant, text } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";

/** What a patient's medicines are checked against. */
export interface CheckFacts {
  /** In force here. */
  readonly allergies: readonly FhirResource[];
  /** Claimed by somebody and held back by the guard: the check uses both. */
  readonly claimed: readonly FhirResource[];
  readonly section: SectionState;
  readonly administrations: readonly FhirResource[];
  readonly knowledge: Knowledge | null;
  readonly now: string;
}

/** The drug-allergy check of one patient, ready for any medicine. */
export function medicineChecks(facts: CheckFacts): (medicine: Medicine) => MedicineCheck {
  const entries = (
    resources: readonly FhirResource[],
    provenance: AllergyEntry["provenance"],
  ): AllergyEntry[] => resources.map((resource) => ({ resource, provenance }));
  return drugAllergyCheck({
    allergies: [...entries(facts.allergies, "effective"), ...entries(facts.claimed, "claimed")],
    section: facts.section,
    given: facts.administrations.flatMap(givenDose),
    knowledge: facts.knowledge,
    now: facts.now,
  });
}

function givenDose(administration: FhirResource): GivenDose[] {
  if (text(field(administration, "status")) !== "completed") return [];
  const at =
    instant(field(administration, "effectiveDateTime")) ??
    instant(field(field(administration, "effectivePeriod"), "start"));
  return at === null ? [] : [{ medicine: medicineOf(administration), at }];
}
