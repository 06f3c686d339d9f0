import type { Result } from "../contract/parts.ts";
import { codings, field, hasCode, number, objects, text } from "./read.ts";
import type { Json } from "./read.ts";
import { rangeWithUnit } from "./values.ts";

type Abnormal = Result["abnormal"];

/** HL7 v3 ObservationInterpretation codes, as far as they say that a value is out of its range. */
const INTERPRETATIONS: Readonly<Record<string, Abnormal>> = {
  LL: "critical-low",
  HH: "critical-high",
  L: "low",
  LU: "low",
  "<": "low",
  H: "high",
  HU: "high",
  ">": "high",
  A: "abnormal",
  AA: "abnormal",
};
const ORDER: readonly Abnormal[] = ["critical-low", "critical-high", "low", "high", "abnormal"];
const RANGE_MEANING = "http://terminology.hl7.org/CodeSystem/referencerange-meaning";

/**
 * How a result stands to its range: the laboratory's own interpretation where there is one, else the one reference range
 * given for it in the same unit. Null also means that nothing can be said.
 */
export function abnormalOf(observation: unknown, value: number | null): Abnormal {
  const given = codings(field(observation, "interpretation"));
  if (given.length > 0) {
    const found = new Set(
      given.map(({ code }) =>
        Object.hasOwn(INTERPRETATIONS, code) ? (INTERPRETATIONS[code] ?? null) : null,
      ),
    );
    return ORDER.find((one) => found.has(one)) ?? null;
  }
  const range = normalRange(field(observation, "referenceRange"));
  const quantity = field(observation, "valueQuantity");
  if (value === null || range === null) return null;
  return compareWithRange(value, quantity, range);
}

function compareWithRange(value: number, quantity: unknown, range: Json): Abnormal {
  const low = bound(field(range, "low"), quantity);
  const high = bound(field(range, "high"), quantity);
  const comparator = text(field(quantity, "comparator"));
  // "< 5" is surely low only where the range begins at 5 or above; "> 5" likewise; anything else stays open.
  if (comparator === "<" || comparator === "<=") return low !== null && value <= low ? "low" : null;
  if (comparator === ">" || comparator === ">=")
    return high !== null && value >= high ? "high" : null;
  if (low !== null && value < low) return "low";
  return high !== null && value > high ? "high" : null;
}

function bound(limit: unknown, quantity: unknown): number | null {
  const unit = text(field(limit, "code")) ?? text(field(limit, "unit"));
  const same =
    unit === null ||
    [text(field(quantity, "code")), text(field(quantity, "unit"))].includes(unit) ||
    text(field(limit, "unit")) === text(field(quantity, "unit"));
  return same ? number(field(limit, "value")) : null;
}

/** The one range that is meant for this patient; null where several could be. */
function normalRange(ranges: unknown): Json | null {
  const normal = objects(ranges).filter((range) => {
    const type = field(range, "type");
    return codings(type).length === 0 || hasCode(type, RANGE_MEANING, ["normal"]);
  });
  return normal.length === 1 ? (normal[0] ?? null) : null;
}

/** The reference range in words or numbers, as given; several are joined. */
export function rangeText(ranges: unknown): string | null {
  const said = objects(ranges).flatMap(
    (range) => text(field(range, "text")) ?? rangeWithUnit(range) ?? [],
  );
  return said.length === 0 ? null : said.join("; ");
}
