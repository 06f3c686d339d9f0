import type { z } from "zod";
import type { MedicineCheck, NotAdministrable } from "../../../shared/contract/index.ts";
import { medicineOf } from "../../../shared/clinical/drug-allergy/index.ts";
import { field, millis, objects, readMedicines } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { GuardMark } from "../guard/index.ts";
import { claimedAllergies, GUARD_MARK, guardFacts, readMarks } from "./holds.ts";
import { isLeftBehind, orderedOtherwise, ordersSignedHere } from "./ordered-otherwise.ts";
import { medicineChecks } from "./medicine-checks.ts";
import { MOST_ACTS } from "./overlay.ts";
import { withOwnAdministrations } from "./own-administrations.ts";
import { sectionState } from "./sections.ts";
import type { Sources } from "./sources.ts";

/** What decides whether one dose of an order may be given now. */
export interface GivingFacts {
  readonly order: FhirResource;
  readonly version: string | null;
  readonly nextDue: string | null;
  /** It was changed and nobody signed that: the screen shows what it was beside what it is. */
  readonly changed: boolean;
  readonly check: MedicineCheck;
  readonly encounter: string | null;
}

/**
 * Reads the order as it stands at this moment. CLINICAL: only an order that is active, an instruction to give, and not over
 * may be given; what was stopped, suspended or entered in error may not, whatever the screen still shows.
 */
export function givingFacts(
  sources: Sources,
  patient: string,
  id: string,
): GivingFacts | z.infer<typeof NotAdministrable> {
  const { chart, now } = sources;
  const orders = chart.resources(patient, "MedicationRequest").resources;
  const order = orders.find((one) => one.id === id);
  if (order === undefined || isLeftBehind(sources.acts, orders, order)) return "gone";
  const marked = chart.resources(patient, GUARD_MARK).resources;
  const marks = readMarks(marked);
  // CLINICAL: what the guard has taken off what may be given stays off, whatever the record's status says.
  if (marks.some(({ of, suspended }) => of.id === id && suspended)) return "not-active";
  const own = sources.acts.newestActs(patient, MOST_ACTS);
  const administrations = withOwnAdministrations(
    chart.resources(patient, "MedicationAdministration").resources,
    own,
  );
  const [read] = readMedicines([order], administrations, { now, answersKnown: true });
  if (read === undefined || read.status !== "active") return "not-active";
  if (isOver(order, now)) return "over";
  const signedHere = ordersSignedHere(sources.acts);
  if (orderedOtherwise(signedHere, marks, order) !== null) return "ordered-otherwise";
  const allergies = chart.resources(patient, "AllergyIntolerance");
  const lost = new Set(allergies.damaged > 0 ? ["AllergyIntolerance"] : []);
  const section = sectionState(
    chart.sections(patient),
    chart.unreadable(patient),
    ["AllergyIntolerance"],
    lost,
  );
  const check = medicineChecks({
    allergies: allergies.resources,
    claimed: claimedAllergies(marked),
    section,
    administrations,
    knowledge: sources.knowledge ?? null,
    now,
  });
  return {
    order,
    version: versionOf(order),
    nextDue: read.nextDue,
    changed: isShownAsChanged(patient, marks, order),
    check: check(medicineOf(order)),
    encounter: chart.placement(patient)?.encounter ?? null,
  };
}

/** The same lines as on the screen ({@link guardFacts}); what the HIS holds otherwise than it was signed here is not given at all. */
function isShownAsChanged(
  patient: string,
  marks: readonly GuardMark[],
  order: FhirResource,
): boolean {
  const { changedOrders } = guardFacts(patient, marks, [order], () => null);
  return changedOrders[order.id]?.some(({ changed }) => changed) === true;
}

export const versionOf = (order: FhirResource): string | null => order.meta?.versionId ?? null;

/** Every line of it has an end, and the last has passed. */
export function isOver(order: FhirResource, now: string): boolean {
  const lines = objects(field(order, "dosageInstruction"));
  if (lines.length === 0) return false;
  return lines.every((line) => {
    const repeat = field(field(line, "timing"), "repeat");
    const end = millis(field(field(repeat, "boundsPeriod"), "end"));
    return end !== null && end < (millis(now) ?? 0);
  });
}
