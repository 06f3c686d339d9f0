import { doseText } from "./dosage.ts";
import { howOften } from "./how-often.ts";
import { medicineText } from "./medicines.ts";
import { codings, conceptText, field, number, objects, referenceId, text } from "./read.ts";
import type { Json } from "./read.ts";
import { millis } from "./time.ts";

/**
 * Whether what is given by it is what was ordered: medicine, patient, dose, way and times. Its status is the HIS's (a pharmacist
 * verifies it first), and it may add: a code of its own, words.
 */
export function isAsOrdered(ours: Json, theirs: Json): boolean {
  const concept = field(theirs, "medicationCodeableConcept");
  const codes = new Set(codings(concept).map(({ system, code }) => `${system}|${code}`));
  const lines = linesOf(theirs);
  return (
    medicineText(ours) === medicineText(theirs) &&
    codings(field(ours, "medicationCodeableConcept")).every(({ system, code }) =>
      codes.has(`${system}|${code}`),
    ) &&
    field(theirs, "medicationReference") === undefined &&
    field(theirs, "modifierExtension") === undefined &&
    field(theirs, "doNotPerform") !== true &&
    field(theirs, "intent") === field(ours, "intent") &&
    referenceId(field(theirs, "subject")) === referenceId(field(ours, "subject")) &&
    lines.length === linesOf(ours).length &&
    linesOf(ours).every((line, at) => isSameLine(line, lines[at]))
  );
}

const linesOf = (order: Json) => objects(field(order, "dosageInstruction"));

function isSameLine(ours: unknown, theirs: unknown): boolean {
  return (
    field(theirs, "modifierExtension") === undefined &&
    saidBy(ours) === saidBy(theirs) &&
    isSameRoute(field(ours, "route"), field(theirs, "route"))
  );
}

/** What is read and reckoned with of one line. */
function saidBy(line: unknown): string {
  const bounds = field(field(field(line, "timing"), "repeat"), "boundsPeriod");
  const quantities = objects(field(line, "doseAndRate")).map((one) => field(one, "doseQuantity"));
  const most = field(field(line, "maxDosePerPeriod"), "numerator");
  return JSON.stringify([
    doseText(line),
    [...quantities, most].map((one) => [number(field(one, "value")), text(field(one, "code"))]),
    howOften(line),
    millis(field(bounds, "start")),
    millis(field(bounds, "end")),
  ]);
}

function isSameRoute(ours: unknown, theirs: unknown): boolean {
  const codes = new Set(codings(theirs).map(({ system, code }) => `${system}|${code}`));
  return (
    codings(ours).every(({ system, code }) => codes.has(`${system}|${code}`)) &&
    conceptText(ours) === conceptText(theirs)
  );
}
