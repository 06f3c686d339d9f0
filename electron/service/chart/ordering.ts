import type {
  MedicineChoice,
  NotOrderable,
  OrderCheck,
  SameSubstance,
} from "../../../shared/contract/index.ts";
import {
  medicineOf,
  nameOfMedicine,
  sameSubstance,
} from "../../../shared/clinical/drug-allergy/index.ts";
import {
  conceptOf,
  isDeceased,
  readMedicines,
  type OrderedMedicine,
} from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { isOver } from "./giving.ts";
import { claimedAllergies, GUARD_MARK, readMarks } from "./holds.ts";
import { medicineChecks } from "./medicine-checks.ts";
import { halfOf, mergeLinks, mergedWith, together } from "./merged.ts";
import { ordersHere } from "./ordered-here.ts";
import { MOST_ACTS } from "./overlay.ts";
import { withOwnAdministrations } from "./own-administrations.ts";
import { sectionStates } from "./sections.ts";
import type { Sources } from "./sources.ts";

/** What decides whether a medicine may be ordered now. */
export interface OrderingFacts extends OrderCheck {
  readonly ordered: OrderedMedicine;
  readonly encounter: string | null;
}

/**
 * What stands against ordering a medicine at this moment: the allergies of both halves of a merged record, those the guard holds
 * back included, and what is ordered already. CLINICAL: where this cannot be looked at, or it is not sure who he is, nothing
 * is ordered here.
 */
export function orderingFacts(
  sources: Sources,
  patient: string,
  choice: MedicineChoice,
): OrderingFacts | NotOrderable {
  const { chart, now } = sources;
  const knowledge = sources.knowledge ?? null;
  const own = chart.patient(patient);
  const halves = mergedWith(chart, patient).from.map((other) => other.patient);
  const whole = together([own, ...halves.map((other) => halfOf(chart, patient, other))]);
  const of = (type: string): readonly FhirResource[] => whole.get(type)?.resources ?? [];

  const person = own.get("Patient")?.resources[0];
  if (mergeLinks(person).into !== null) return "merged";
  if (isDeceased(person)) return "deceased";
  const marks = readMarks(of(GUARD_MARK));
  const isHeld = marks.some(
    (mark) => mark.of.type === "Patient" && mark.of.id === patient && mark.claims.length > 0,
  );
  if (isHeld) return "identity-held";

  const rows = [patient, ...halves].map((each) => chart.sections(each));
  const unreadable = [patient, ...halves].flatMap((each) => chart.unreadable(each));
  const lost = new Set([...whole].filter(([, list]) => list.damaged > 0).map(([type]) => type));
  const section = (type: string) => sectionStates(rows, unreadable, [type], lost);
  const allergies = section("AllergyIntolerance");
  if (!allergies.loaded || !section("MedicationRequest").loaded) return "not-loaded";

  const ordered = orderedMedicine(choice, knowledge);
  if (ordered === null) return "medicine-unknown";
  const medicine = medicineOf({ medicationCodeableConcept: conceptOf(ordered) });
  const acts = [patient, ...halves].flatMap((each) => sources.acts.newestActs(each, MOST_ACTS));
  const check = medicineChecks({
    allergies: of("AllergyIntolerance"),
    claimed: claimedAllergies(of(GUARD_MARK)),
    section: allergies,
    administrations: withOwnAdministrations(of("MedicationAdministration"), acts),
    knowledge,
    now,
  });
  const here = ordersHere(of("MedicationRequest"), acts).map(({ order }) => order);
  const isSame = sameSubstance(knowledge);
  const same = (orders: readonly FhirResource[], isHere: boolean): SameSubstance[] =>
    standing(orders, now, isHere).filter(({ id }) =>
      orders.some((order) => order.id === id && isSame(medicineOf(order), medicine)),
    );
  return {
    medicine: medicine.words,
    coded: ordered.kind === "coded",
    check: check(medicine),
    same: [...same(here, true), ...same(of("MedicationRequest"), false)],
    ordered,
    encounter: chart.placement(patient)?.encounter ?? null,
  };
}

/** CLINICAL: the name is the pack's, so that what is read and what is coded cannot be two medicines. */
function orderedMedicine(
  choice: MedicineChoice,
  knowledge: Sources["knowledge"],
): OrderedMedicine | null {
  if (choice.kind === "words") return choice;
  const { system, code } = choice;
  const name = nameOfMedicine(knowledge ?? null, choice);
  return name === null ? null : { kind: "coded", system, code, name };
}

/** Orders that may be given, or may be again. */
function standing(orders: readonly FhirResource[], now: string, here: boolean): SameSubstance[] {
  const going = orders.filter((order) => !isOver(order, now));
  return readMedicines(going, [], { now, answersKnown: false }).flatMap((read) => {
    const { id, medicine, dose, frequency, status } = read;
    return status === "active" || status === "on-hold"
      ? [{ id, medicine, dose, frequency, status, here }]
      : [];
  });
}
