export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * The demo site's offset from UTC: that of this machine, because a ward's PCs stand where the ward is, and an order for
 * "08:00" means their 08:00. No daylight saving within the days generated.
 */
const OFFSET = -new Date().getTimezoneOffset() * MINUTE;
const SUFFIX = `${OFFSET < 0 ? "-" : "+"}${new Date(Math.abs(OFFSET)).toISOString().slice(11, 16)}`;

/** A FHIR dateTime as the wall clock at the bedside shows it: whole minutes, with the site's offset. */
export function instant(at: number): string {
  const minute = Math.floor(at / MINUTE) * MINUTE;
  return new Date(minute + OFFSET).toISOString().replace(".000Z", SUFFIX);
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
