import { conceptText, field, number, object, objects, text, texts } from "./read.ts";
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

/**
 * How often: the timing's own words where it has them, else its numbers and clock times in signs that no language owns
 * ("2× / 1 d (08:00, 20:00)"); null when the order does not say.
 */
export function frequencyText(dosage: unknown): string | null {
  const timing = object(field(dosage, "timing"));
  const repeat = object(field(timing, "repeat"));
  const said = conceptText(field(timing, "code"));
  const times = texts(field(repeat, "timeOfDay")).map((time) => time.slice(0, 5));
  const detail = [
    ...texts(field(repeat, "dayOfWeek")),
    ...texts(field(repeat, "when")),
    ...times,
  ].join(", ");
  const base = said ?? countText(field(repeat, "frequency"), field(repeat, "frequencyMax"), repeat);
  if (base === null) return detail === "" ? null : detail;
  return detail === "" ? base : `${base} (${detail})`;
}

function countText(from: unknown, to: unknown, repeat: unknown): string | null {
  const period = number(field(repeat, "period"));
  const unit = text(field(repeat, "periodUnit"));
  if (period === null || unit === null) return null;
  const least = number(from) ?? 1;
  const most = number(to);
  const longest = number(field(repeat, "periodMax"));
  const count = most === null ? String(least) : `${least}–${most}`;
  const span = longest === null ? String(period) : `${period}–${longest}`;
  return `${count}× / ${span} ${unit}`;
}
