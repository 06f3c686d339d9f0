const DATE = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/u;
/** Elements that look like dates and are none, or say nothing of when something happened. */
const NOT_DATES = new Set([
  "value",
  "code",
  "id",
  "version",
  "display",
  "text",
  "system",
  "div",
  "valueString",
]);
const NOT_HAPPENED = new Set(["birthDate", "boundsPeriod", "nextDate"]);

/** The latest moment (ms) at which something of the resource happened; null when it names none. */
export function newestDate(value: unknown, key = ""): number | null {
  if (NOT_HAPPENED.has(key) || NOT_DATES.has(key)) return null;
  if (typeof value === "string") {
    if (!DATE.test(value) || value.length < 10) return null;
    const at = Date.parse(value);
    return Number.isNaN(at) ? null : at;
  }
  if (typeof value !== "object" || value === null) return null;
  const inner = Array.isArray(value)
    ? value.map((item) => newestDate(item, key))
    : Object.entries(value).map(([name, item]) => newestDate(item, name));
  const dates = inner.filter((at) => at !== null);
  return dates.length === 0 ? null : Math.max(...dates);
}

/** Moves every FHIR date, dateTime and instant by `shift` ms (whole days), keeping its precision and offset. */
export function shiftDates(value: unknown, shift: number, key = ""): unknown {
  if (NOT_DATES.has(key)) return value;
  if (typeof value === "string")
    return DATE.test(value) && isDateElement(key) ? shiftOne(value, shift) : value;
  if (Array.isArray(value)) return value.map((item) => shiftDates(item, shift, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, shiftDates(item, shift, name)]),
  );
}

// A bare "2019" is a year only where FHIR has a date: elements named date, …Date, …DateTime, and a Period's ends.
function isDateElement(key: string): boolean {
  return /(date|DateTime|Date|start|end|issued|recorded|authoredOn|event|created|Instant|sent|received|timestamp|creation|time|On)$/u.test(
    key,
  );
}

function shiftOne(text: string, shift: number): string {
  const day = text.slice(0, 10).padEnd(10, "-01-01".slice(text.length - 4));
  const moved = new Date(Date.parse(`${day}T00:00:00Z`) + shift)
    .toISOString()
    .slice(0, Math.min(10, text.length));
  return moved + text.slice(10);
}
