import type { z } from "zod";
import type { Age as AgeSchema } from "../contract/parts.ts";
import { daysInMonth } from "./time.ts";

export type Age = z.infer<typeof AgeSchema>;

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A FHIR date read as the earliest and the latest day it can mean. */
function range(date: string): { readonly first: Day; readonly last: Day } | null {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?$/u.exec(date);
  if (parts === null) return null;
  const year = Number(parts[1]);
  if (parts[2] === undefined) {
    return { first: { year, month: 1, day: 1 }, last: { year, month: 12, day: 31 } };
  }
  const month = Number(parts[2]);
  if (month < 1 || month > 12) return null;
  if (parts[3] === undefined) {
    return { first: { year, month, day: 1 }, last: { year, month, day: daysInMonth(year, month) } };
  }
  const day = Number(parts[3]);
  if (day < 1 || day > daysInMonth(year, month)) return null;
  return { first: { year, month, day }, last: { year, month, day } };
}

/** Completed months between two days; negative when `born` lies after `today`. */
function completedMonths(born: Day, today: Day): number {
  const months = (today.year - born.year) * 12 + (today.month - born.month);
  // Born on the 31st: the month is complete on the last day of a shorter one.
  const reached = today.day >= Math.min(born.day, daysInMonth(today.year, today.month));
  return reached ? months : months - 1;
}

/**
 * Age as it is spoken: years from two years on, months before, days in the first month. `now` is an instant with
 * offset; its own calendar day counts. A birth date that names only a year or a month gives the youngest age it allows.
 * Null when the date cannot be read or lies in the future.
 */
export function ageAt(birthDate: string | null, now: string): Age | null {
  const born = birthDate === null ? null : range(birthDate);
  const today = range(now);
  if (born === null || today === null) return null;
  const youngest = completedMonths(born.last, today.first);
  const months = Math.max(0, youngest);
  if (completedMonths(born.first, today.first) < 0) return null;
  if (months >= 24) return { value: Math.floor(months / 12), unit: "years" };
  if (months >= 1) return { value: months, unit: "months" };
  const exact = born.first.month === born.last.month && born.first.day === born.last.day;
  if (!exact) return { value: 0, unit: "months" };
  const days = (utc(today.first) - utc(born.last)) / 86_400_000;
  return days < 0 ? null : { value: days, unit: "days" };
}

function utc(day: Day): number {
  return Date.UTC(day.year, day.month - 1, day.day);
}

/**
 * Completed years for NEWS2. CLINICAL: null where a birth date without month or day leaves open whether the patient is
 * 16 yet (RCP NEWS2 2017 is for 16 years and over), so that no total is given on a guess.
 */
export function ageYears(birthDate: string | null, now: string): number | null {
  const born = birthDate === null ? null : range(birthDate);
  const today = range(now);
  if (born === null || today === null) return null;
  const oldest = Math.floor(completedMonths(born.first, today.first) / 12);
  const youngest = Math.floor(completedMonths(born.last, today.first) / 12);
  if (oldest < 0 || (youngest < 16 && oldest >= 16)) return null;
  return Math.max(0, youngest);
}
