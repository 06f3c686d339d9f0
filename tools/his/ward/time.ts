export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The demo site's offset from UTC; no daylight saving. */
const OFFSET = 3 * HOUR;

/** A FHIR dateTime as the wall clock at the bedside shows it: whole minutes, +03:00. */
export function instant(at: number): string {
  const minute = Math.floor(at / MINUTE) * MINUTE;
  return new Date(minute + OFFSET).toISOString().replace(".000Z", "+03:00");
}

/** A FHIR date of the site's calendar. */
export function date(at: number): string {
  return new Date(at + OFFSET).toISOString().slice(0, 10);
}

/** All moments at which the site's clock shows `HH:MM`, from `from` to `to`. */
export function clockTimes(time: string, from: number, to: number): number[] {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const midnight = Math.floor((from + OFFSET) / DAY) * DAY - OFFSET;
  const moments: number[] = [];
  for (let day = midnight; day <= to; day += DAY) {
    const at = day + hours * HOUR + minutes * MINUTE;
    if (at >= from && at <= to) moments.push(at);
  }
  return moments;
}
