/** ISO 8601 with the offset of this PC at that moment: clinical time keeps the offset it was charted with. */
export function instantWithOffset(
  ms: number,
  offsetMinutes = -new Date(ms).getTimezoneOffset(),
): string {
  const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  const sign = offsetMinutes < 0 ? "-" : "+";
  const wall = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 19);
  return `${wall}${sign}${two(offsetMinutes / 60)}:${two(offsetMinutes % 60)}`;
}
