import { field, objects, text } from "./read.ts";

/** Clinical time as FHIR writes it; all comparisons are of instants, never of their texts. */

const INSTANT =
  /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/u;
const DATE = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/u;

/** Milliseconds since the epoch of an instant with offset; null for anything else, impossible dates included. */
export function millis(value: unknown): number | null {
  // No groups are taken: a patient's doses are hundreds of these, and what is taken has to be collected again.
  if (typeof value !== "string" || !INSTANT.test(value)) return null;
  const month = digits(value, 5, 2);
  const day = digits(value, 8, 2);
  if (month < 1 || month > 12 || day < 1) return null;
  if (day > 28 && day > daysInMonth(digits(value, 0, 4), month)) return null;
  const parsed = Date.parse(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** The number that so many digits of a text make: what stands there is known to be digits. */
function digits(value: string, from: number, count: number): number {
  let number = 0;
  for (let at = from; at < from + count; at += 1)
    number = number * 10 + value.charCodeAt(at) - ZERO;
  return number;
}

const ZERO = "0".charCodeAt(0);

/** The value if it is an instant with offset; seconds that were left out (not FHIR, but seen) are written as 00. */
export function instant(value: unknown): string | null {
  if (typeof value !== "string" || millis(value) === null) return null;
  return value.replace(/(T\d{2}:\d{2})(?=[Z+-])/u, "$1:00");
}

/** The value if it is a FHIR date, dateTime or instant, unchanged. */
export function fhirDate(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const exact = instant(value);
  if (exact !== null) return exact;
  return DATE.test(value) ? value : null;
}

/** Sort key of a FHIR date of any precision: the earliest moment it can mean; unknown dates sort oldest. */
export function dateOrder(value: string | null): number {
  if (value === null) return Number.NEGATIVE_INFINITY;
  const exact = millis(value);
  if (exact !== null) return exact;
  const parsed = Date.parse(value);
  return Number.isFinite(parsed) ? parsed : Number.NEGATIVE_INFINITY;
}

/** The first instant of `effective[x]`, or of `issued` where `effective[x]` is less exact than an instant. */
export function effectiveInstant(resource: unknown): string | null {
  const period = field(resource, "effectivePeriod");
  return (
    instant(field(resource, "effectiveDateTime")) ??
    instant(field(resource, "effectiveInstant")) ??
    instant(field(period, "end")) ??
    instant(field(period, "start")) ??
    instant(field(resource, "issued"))
  );
}

/** The date of `effective[x]` at whatever precision it was recorded; `issued` where there is none. */
export function effectiveDate(resource: unknown): string | null {
  const period = field(resource, "effectivePeriod");
  return (
    fhirDate(field(resource, "effectiveDateTime")) ??
    fhirDate(field(resource, "effectiveInstant")) ??
    fhirDate(field(period, "start")) ??
    fhirDate(field(period, "end")) ??
    fhirDate(field(resource, "issued"))
  );
}

/** `Z` or `±hh:mm` of an instant. */
export function offsetOf(value: string): string {
  return INSTANT.test(value) && !value.endsWith("Z") ? value.slice(-"+00:00".length) : "Z";
}

/** Minutes east of UTC of an offset. */
export function offsetMinutes(offset: string): number {
  const parts = /^([+-])(\d{2}):(\d{2})$/u.exec(offset);
  if (parts === null) return 0;
  return (parts[1] === "-" ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3]));
}

/** A moment as an instant with the given offset, to the second. */
export function atOffset(moment: number, offset: string): string | null {
  const shifted = new Date(moment + offsetMinutes(offset) * 60_000);
  if (!Number.isFinite(shifted.getTime())) return null;
  const year = shifted.getUTCFullYear();
  if (year < 1 || year > 9999) return null;
  return `${shifted.toISOString().slice(0, 19)}${offset}`;
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** When a resource was last changed at the HIS, for choosing between two that claim the same thing. */
export function lastUpdated(resource: unknown): number {
  return (
    millis(field(field(resource, "meta"), "lastUpdated")) ??
    millis(field(resource, "issued")) ??
    Number.NEGATIVE_INFINITY
  );
}

/** Texts of every extension with the url, at one level. */
export function extensions(value: unknown, url: string): unknown[] {
  return objects(field(value, "extension")).filter((one) => text(field(one, "url")) === url);
}
