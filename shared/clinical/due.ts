import { codings, field, number, object, objects, text, texts } from "./read.ts";
import type { Json } from "./read.ts";
import { atOffset, millis, offsetMinutes, offsetOf } from "./time.ts";

/**
 * When a dose is due, from one Dosage's timing. Only what the order says is used: clock times (`timing.event`,
 * `repeat.timeOfDay`) or an interval of one dose that has something to start from (the last dose given, or the start of
 * `boundsPeriod`). Everything else (three times a day without hours, "with meals") has no known due time.
 */
export interface DoseSchedule {
  /** Moments due, milliseconds, ascending. */
  readonly events: readonly number[];
  /** Minutes after local midnight, ascending. */
  readonly times: readonly number[];
  /** Days of the week the times hold for (0 Sunday); null: every day. */
  readonly days: readonly number[] | null;
  /** Milliseconds between doses. */
  readonly interval: number | null;
  readonly start: number | null;
  /** When it was ordered: nothing was due before. */
  readonly ordered: number | null;
  readonly end: number | null;
  /** Doses after which the course is over. */
  readonly count: number | null;
}

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { min: 60_000, h: 3_600_000, d: DAY, wk: 7 * DAY };
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/** HL7 v3 GTSAbbreviation codes that name an interval. */
const CODED: Readonly<Record<string, number>> = {
  Q1H: 3_600_000,
  Q2H: 2 * 3_600_000,
  Q3H: 3 * 3_600_000,
  Q4H: 4 * 3_600_000,
  Q6H: 6 * 3_600_000,
  Q8H: 8 * 3_600_000,
  QD: DAY,
  QOD: 2 * DAY,
};

/** The schedule in one Dosage of an order made at `authoredOn`; null when it gives no due time at all, or only "as needed". */
export function doseSchedule(dosage: unknown, authoredOn?: unknown): DoseSchedule | null {
  if (isAsNeeded(dosage)) return null;
  const timing = object(field(dosage, "timing"));
  const repeat = object(field(timing, "repeat"));
  const events = texts(field(timing, "event"))
    .flatMap((one) => millis(one) ?? [])
    .toSorted((a, b) => a - b);
  const times = clockTimes(repeat);
  const interval = events.length > 0 || times.length > 0 ? null : intervalOf(timing, repeat);
  if (events.length === 0 && times.length === 0 && interval === null) return null;
  const bounds = field(repeat, "boundsPeriod");
  return {
    events,
    times,
    days: weekdays(repeat),
    interval,
    start: millis(field(bounds, "start")),
    ordered: millis(authoredOn),
    end: millis(field(bounds, "end")),
    count: number(field(repeat, "countMax")) ?? number(field(repeat, "count")),
  };
}

export function isAsNeeded(dosage: unknown): boolean {
  return (
    field(dosage, "asNeededBoolean") === true ||
    objects(field(dosage, "asNeededCodeableConcept")).length > 0
  );
}

/** Clock times hold for every day only where the order is by the day (or the week, with its days). */
function clockTimes(repeat: Json): number[] {
  const unit = text(field(repeat, "periodUnit"));
  const period = number(field(repeat, "period"));
  const byTheDay = unit === null || (unit === "d" && (period === null || period === 1));
  const byTheWeek = unit === "wk" && (period === null || period === 1) && weekdays(repeat) !== null;
  if (!byTheDay && !byTheWeek) return [];
  return texts(field(repeat, "timeOfDay"))
    .flatMap((one) => {
      const parts = /^([01]\d|2[0-3]):([0-5]\d)(?::\d{2}(?:\.\d+)?)?$/u.exec(one);
      return parts === null ? [] : [Number(parts[1]) * 60 + Number(parts[2])];
    })
    .toSorted((a, b) => a - b);
}

function weekdays(repeat: Json): number[] | null {
  const given = texts(field(repeat, "dayOfWeek"))
    .map((one) => WEEKDAYS.indexOf(one))
    .filter((day) => day >= 0);
  return given.length === 0 ? null : given;
}

function intervalOf(timing: Json, repeat: Json): number | null {
  // CLINICAL: days of the week, meal codes or several doses a period do not tell the hour of the next one.
  if (field(repeat, "dayOfWeek") !== undefined || field(repeat, "when") !== undefined) return null;
  if (field(repeat, "timeOfDay") !== undefined || field(repeat, "periodMax") !== undefined)
    return null;
  const period = number(field(repeat, "period"));
  const unit = text(field(repeat, "periodUnit")) ?? "";
  if (period === null) {
    const coded = codings(field(timing, "code")).find(({ code }) => Object.hasOwn(CODED, code));
    return coded === undefined ? null : (CODED[coded.code] ?? null);
  }
  if (
    (number(field(repeat, "frequency")) ?? 1) !== 1 ||
    field(repeat, "frequencyMax") !== undefined
  )
    return null;
  const length = Object.hasOwn(UNITS, unit) ? (UNITS[unit] ?? 0) * period : 0;
  return length >= 60_000 && length <= 366 * DAY ? length : null;
}

/** A missed dose is shown as due for this long; then only the next one is. */
const MISSED_FOR_MS = DAY;
/** CLINICAL: a dose given up to an hour early is the dose that was due (and never more than half an interval). */
const EARLY_MS = 3_600_000;

/**
 * The next due time: the last moment due before `now` that no answer (a dose given, or a recorded decision not to give)
 * covers, else the first one after. `answers` are milliseconds; `lastGiven` starts an interval.
 */
export function nextDue(input: {
  readonly schedule: DoseSchedule;
  readonly answers: readonly number[];
  readonly lastGiven: number | null;
  readonly now: string;
}): number | null {
  const now = millis(input.now);
  if (now === null) return null;
  const { schedule, answers } = input;
  if (schedule.count !== null && answers.length >= schedule.count) return null;
  const latestAnswer = answers.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...answers);
  const inBounds = occurrences(
    schedule,
    Math.max(latestAnswer, input.lastGiven ?? latestAnswer),
    now,
    offsetOf(input.now),
  )
    .filter((moment) => moment >= (schedule.start ?? Number.NEGATIVE_INFINITY))
    .filter((moment) => moment >= (schedule.ordered ?? Number.NEGATIVE_INFINITY))
    .filter((moment) => moment < (schedule.end ?? Number.POSITIVE_INFINITY))
    .toSorted((a, b) => a - b);
  const open = inBounds.filter((moment, index) => {
    const before = inBounds[index - 1] ?? Number.NEGATIVE_INFINITY;
    const early = Math.min(EARLY_MS, (moment - before) / 2);
    return latestAnswer < moment - early;
  });
  const missed = open.findLast((moment) => moment <= now);
  if (missed !== undefined && missed > now - MISSED_FOR_MS) return missed;
  return open.find((moment) => moment > now) ?? null;
}

/** Moments due from two days before `now` to the first ones after it. */
function occurrences(
  schedule: DoseSchedule,
  latest: number,
  now: number,
  offset: string,
): number[] {
  const found = [...schedule.events, ...clockOccurrences(schedule, now, offset)];
  const { interval } = schedule;
  if (interval === null) return found;
  const anchor = Number.isFinite(latest) ? latest : schedule.start;
  if (anchor === null) return found;
  // The first dose is due at the start itself; after a dose, one interval later.
  const first = Number.isFinite(latest) ? 1 : 0;
  const passed = Math.max(first, Math.floor((now - anchor) / interval));
  for (let step = Math.max(first, passed - 1); step <= passed + 2; step += 1)
    found.push(anchor + step * interval);
  return found;
}

/** CLINICAL: clock times are the ward's: the offset of `now` (a change of clocks moves them within a day). */
function clockOccurrences(schedule: DoseSchedule, now: number, offset: string): number[] {
  if (schedule.times.length === 0) return [];
  const shift = offsetMinutes(offset) * 60_000;
  const today = Math.floor((now + shift) / DAY);
  const found: number[] = [];
  for (let day = today - 2; day <= today + 8; day += 1) {
    const weekday = (((day + 4) % 7) + 7) % 7;
    if (schedule.days !== null && !schedule.days.includes(weekday)) continue;
    for (const minutes of schedule.times) found.push(day * DAY + minutes * 60_000 - shift);
  }
  return found;
}

/** A moment as an instant with the offset of `now`. */
export function dueInstant(moment: number | null, now: string): string | null {
  return moment === null ? null : atOffset(moment, offsetOf(now));
}
