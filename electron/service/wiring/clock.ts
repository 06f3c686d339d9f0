/** An instant with this PC's offset, as FHIR writes it: `2026-11-23T20:00:00.000+03:00`. */
export function localInstant(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const sign = minutes < 0 ? "-" : "+";
  const two = (value: number): string => String(Math.abs(value)).padStart(2, "0");
  const wall = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  return `${wall}${sign}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}
