import { toLatinDigits } from "../app/index.ts";

export interface ClockTime {
  readonly hour: number;
  readonly minute: number;
}

/** A time of day as people type it ("8:05", "0805", "٨:٠٥"); 24 hours, so that no half of the day is guessed. Null: none. */
export function clockTime(typed: string): ClockTime | null {
  const [, hours, minutes] = /^(\d{1,2})[:.٫]?(\d{2})$/u.exec(toLatinDigits(typed.trim())) ?? [];
  const [hour, minute] = [Number(hours), Number(minutes)];
  return hours === undefined || hour > 23 || minute > 59 ? null : { hour, minute };
}

/** "08:05". */
export const clockText = ({ hour, minute }: ClockTime): string =>
  [hour, minute].map((part) => String(part).padStart(2, "0")).join(":");

/** The next moment this PC's clock shows it, in milliseconds. */
export function nextTime({ hour, minute }: ClockTime, now: number): number {
  const moment = new Date(now);
  moment.setHours(hour, minute, 0, 0);
  if (moment.getTime() < now) moment.setDate(moment.getDate() + 1);
  // A day with a clock change is not 24 hours long.
  moment.setHours(hour, minute, 0, 0);
  return moment.getTime();
}
