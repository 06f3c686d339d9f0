import { conceptText, field, objects, text } from "./read.ts";
import { quantityWithUnit, rangeWithUnit, ratioText } from "./values.ts";

/** The words of one Dosage, as ordered: its text and what else the prescriber added. */
export function dosageText(dosage: unknown): string | null {
  const parts = [
    text(field(dosage, "text")),
    text(field(dosage, "patientInstruction")),
    ...objects(field(dosage, "additionalInstruction")).map(conceptText),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : [...new Set(parts)].join(" · ");
}

/** The dose of one Dosage from its quantity, range or rate; where it has none, its text as ordered. */
export function doseText(dosage: unknown): string | null {
  const parts = objects(field(dosage, "doseAndRate")).flatMap((one) => {
    const dose =
      quantityWithUnit(field(one, "doseQuantity")) ?? rangeWithUnit(field(one, "doseRange"));
    const rate =
      quantityWithUnit(field(one, "rateQuantity")) ??
      ratioText(field(one, "rateRatio")) ??
      rangeWithUnit(field(one, "rateRange"));
    return [dose, rate].filter((part) => part !== null);
  });
  return parts.length > 0 ? parts.join(", ") : text(field(dosage, "text"));
}
