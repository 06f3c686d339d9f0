/**
 * When something is judged. Normally one moment; while this PC's time is doubtful two: nothing that ends after `ends` has
 * ended, and nothing that begins after `begins` has begun, whatever the wall clock says.
 */
export interface Moment {
  readonly begins: Date;
  readonly ends: Date;
}
export type When = Date | Moment;

/** Whether what starts then has started. */
export function hasBegun(start: string | number, when: When, skewMs = 0): boolean {
  return millis(start) <= (when instanceof Date ? when : when.begins).getTime() + skewMs;
}

/** Whether what lasts until then is over. */
export function isOver(end: string | number, when: When): boolean {
  return millis(end) <= (when instanceof Date ? when : when.ends).getTime();
}

function millis(instant: string | number): number {
  return typeof instant === "number" ? instant : Date.parse(instant);
}
