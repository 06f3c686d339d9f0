import { conceptText, field, number, text } from "./read.ts";
import { fhirDate } from "./time.ts";

/** A number as it is shown: as recorded, but no more than five significant digits of a fraction. */
export function numberText(value: number): string {
  const asRecorded = String(value);
  const digits = asRecorded.replaceAll(/\D/gu, "").replace(/^0+/u, "");
  if (Number.isInteger(value) || digits.length <= 5) return asRecorded;
  // Every digit before the point stays.
  return Math.abs(value) >= 100_000
    ? String(Math.round(value))
    : String(Number(value.toPrecision(5)));
}

/** A Quantity's number with its comparator, without the unit. */
export function quantityText(quantity: unknown): string | null {
  const value = number(field(quantity, "value"));
  if (value === null) return null;
  return `${text(field(quantity, "comparator")) ?? ""}${numberText(value)}`;
}

/**
 * Units whose short form is misread at the bedside, a µ as m (a thousandfold dose) and a U as a nought: spelt out, as ISMP's
 * list of error-prone abbreviations and the NHS ask. Both letters that look like µ are in it.
 */
const SPELT: Readonly<Record<string, string>> = {
  ug: "micrograms",
  "\u00b5g": "micrograms",
  "\u03bcg": "micrograms",
  mcg: "micrograms",
  ng: "nanograms",
  U: "units",
  IU: "units",
  iU: "units",
  "[iU]": "units",
  "[IU]": "units",
};

/** The unit of a Quantity as it is shown; null: it has none. */
function unitText(quantity: unknown): string | null {
  const unit = text(field(quantity, "unit")) ?? text(field(quantity, "code"));
  // UCUM's dimensionless "1" is no unit to a reader.
  return unit === null || unit === "1" ? null : (SPELT[unit] ?? unit);
}

/** A Quantity with its unit: "500 mg". */
export function quantityWithUnit(quantity: unknown): string | null {
  const value = quantityText(quantity);
  if (value === null) return null;
  const unit = unitText(quantity);
  return unit === null ? value : `${value} ${unit}`;
}

/** A Range as "low–high unit", or one-sided. */
export function rangeWithUnit(range: unknown): string | null {
  const low = field(range, "low");
  const high = field(range, "high");
  const from = quantityText(low);
  const to = quantityText(high);
  const unit = unitText(high) ?? unitText(low);
  const span =
    from !== null && to !== null
      ? `${from}–${to}`
      : from !== null
        ? `≥ ${from}`
        : to !== null
          ? `≤ ${to}`
          : null;
  return span === null || unit === null ? span : `${span} ${unit}`;
}

/** A Ratio as "numerator / denominator". */
export function ratioText(ratio: unknown): string | null {
  const upper = quantityWithUnit(field(ratio, "numerator"));
  const lower = quantityWithUnit(field(ratio, "denominator"));
  if (upper === null) return null;
  return lower === null ? upper : `${upper} / ${lower}`;
}

/** Every other `value[x]` of an Observation or component as text. */
export function valueText(holder: unknown): string | null {
  const flag = field(holder, "valueBoolean");
  const whole = number(field(holder, "valueInteger"));
  return (
    conceptText(field(holder, "valueCodeableConcept")) ??
    text(field(holder, "valueString")) ??
    (typeof flag === "boolean" ? String(flag) : null) ??
    (whole === null ? null : String(whole)) ??
    rangeWithUnit(field(holder, "valueRange")) ??
    ratioText(field(holder, "valueRatio")) ??
    fhirDate(field(holder, "valueDateTime")) ??
    text(field(holder, "valueTime")) ??
    fhirDate(field(field(holder, "valuePeriod"), "start"))
  );
}
