/** A nurse may mistype; a guesser may not guess fast. */
const FREE = 3;
const FIRST_SECONDS = 5;
/** SECURITY: never closed for good: anyone could type a nurse out of the chart in an outage. */
const MOST_SECONDS = 15 * 60;

/**
 * Seconds to wait after so many wrong PINs in a row: none after the first two, then 5 s doubling to 15 minutes.
 * At the cap a 4-digit PIN takes about 50 days to guess through on average, with every try in the audit trail.
 */
export function delayAfter(failures: number): number {
  if (failures < FREE) return 0;
  return Math.min(MOST_SECONDS, FIRST_SECONDS * 2 ** Math.min(failures - FREE, 20));
}
