import { toLatinDigits } from "../../shared/fold-name.ts";
import type { DisplaySettings } from "./settings.ts";

export type FormatSettings = Pick<DisplaySettings, "language" | "digits">;

/** Everything that turns a value into what is read on screen, in one language and one kind of digits. */
export type Format = ReturnType<typeof createFormat>;

/** Latin digits to Arabic-Indic ones, except those that belong to a Latin word (NEWS2, SpO2). */
export function toArabicDigits(text: string): string {
  return text.replaceAll(/(?<![A-Za-z{\d])\d+/gu, (run) =>
    run.replaceAll(/\d/gu, (d) => String.fromCodePoint(0x0660 + Number(d))),
  );
}

/**
 * The number somebody typed, in Latin or Arabic-Indic digits, with a point or a comma; null for no text, NaN for what is
 * not a number.
 */
export function readNumber(text: string): number | null {
  const plain = toLatinDigits(text.trim()).replace(",", ".");
  if (plain === "") return null;
  return /^\d+(?:\.\d+)?$/u.test(plain) ? Number(plain) : Number.NaN;
}

const HOUR = 3_600_000;

/** Formatters for one setting. Times are of the clock on the wall of this PC. */
export function createFormat(settings: FormatSettings, timeZone?: string) {
  const arabic = settings.language === "ar";
  const numbering = arabic && settings.digits === "arabic" ? "arab" : "latn";
  const locale = `${arabic ? "ar-EG" : "en-GB"}-u-ca-gregory-nu-${numbering}`;
  const zone = timeZone === undefined ? {} : { timeZone };
  const make = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...zone, ...options });
  const clock = make({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const offset = make({ hour: "2-digit", hourCycle: "h23", timeZoneName: "longOffset" });
  const day = make({ day: "2-digit", month: "short" });
  const date = make({ day: "2-digit", month: "short", year: "numeric" });
  const longDate = make({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const monthYear = make({ month: "short", year: "numeric" });
  const year = make({ year: "numeric" });
  const hijri = new Intl.DateTimeFormat(
    `${arabic ? "ar-SA" : "en-GB"}-u-ca-islamic-umalqura-nu-${numbering}`,
    { ...zone, day: "numeric", month: "long", year: "numeric" },
  );
  const key = new Intl.DateTimeFormat("en-CA", {
    ...zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const wall = new Intl.DateTimeFormat("en-GB", {
    ...zone,
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

  /** True in the hour that a clock change shows twice. */
  const twice = (ms: number): boolean =>
    [ms - HOUR, ms + HOUR].some((other) => wall.format(other) === wall.format(ms));
  const offsetName = (ms: number): string =>
    offset.formatToParts(ms).find((part) => part.type === "timeZoneName")?.value ?? "";
  // Making one costs more than drawing its number: a board has hundreds.
  const numberFormats = new Map<string, Intl.NumberFormat>();
  const numberFormat = (useGrouping: boolean, decimals: number | undefined): Intl.NumberFormat => {
    const kind = `${useGrouping}/${decimals}`;
    const made =
      numberFormats.get(kind) ??
      new Intl.NumberFormat(locale, {
        useGrouping,
        ...(decimals === undefined
          ? { maximumFractionDigits: 2 }
          : { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
      });
    numberFormats.set(kind, made);
    return made;
  };
  const number = (value: number, decimals?: number): string =>
    numberFormat(value >= 10_000 || value <= -10_000, decimals).format(value);
  // CLINICAL: a time in the repeated hour of a clock change is never shown without its offset.
  const time = (instant: string | number): string => {
    const ms = new Date(instant).getTime();
    return twice(ms) ? `${clock.format(ms)} (${offsetName(ms)})` : clock.format(ms);
  };
  const sameDay = (a: number, b: number): boolean => key.format(a) === key.format(b);

  return {
    settings,
    number,
    time,
    /** Digits of a text of ours; never used on a drug's name, an identifier or words of the HIS. */
    digits: (text: string): string => (numbering === "arab" ? toArabicDigits(text) : text),
    /** Day and month. */
    day: (instant: string | number): string => day.format(new Date(instant)),
    date: (instant: string | number): string => date.format(new Date(instant)),
    longDate: (instant: string | number): string => longDate.format(new Date(instant)),
    /** Umm al-Qura. */
    hijri: (instant: string | number): string => hijri.format(new Date(instant)),
    /** The time alone today, else the day before it: short enough for a table. */
    moment: (instant: string, now: number): string => {
      const ms = new Date(instant).getTime();
      if (sameDay(ms, now)) return time(ms);
      const near = Math.abs(now - ms) < 300 * 24 * HOUR;
      return `${(near ? day : date).format(ms)}${arabic ? "، " : ", "}${time(ms)}`;
    },
    isToday: (instant: string | number, now: number): boolean =>
      sameDay(new Date(instant).getTime(), now),
    /** A FHIR date, which may be only a year or a month, or an instant. */
    fhirDate: (value: string): string => {
      const [, y, m, d] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/u.exec(value) ?? [];
      if (y === undefined) return value;
      if (m === undefined) return year.format(new Date(Number(y), 6, 1));
      if (d === undefined) return monthYear.format(new Date(Number(y), Number(m) - 1, 15));
      if (value.length > 10) return date.format(new Date(value));
      // A plain date is the same day everywhere.
      return new Intl.DateTimeFormat(locale, {
        timeZone: "UTC",
        day: "2-digit",
        month: "short",
        year: "numeric",
      }).format(Date.UTC(Number(y), Number(m) - 1, Number(d)));
    },
  };
}

/** Minutes, hours or days passed since an instant, in the largest unit that is at least one. */
export function elapsed(
  instant: string,
  now: number,
): { count: number; unit: "now" | "minutes" | "hours" | "days" } {
  const minutes = Math.floor((now - new Date(instant).getTime()) / 60_000);
  if (minutes < 1) return { count: 0, unit: "now" };
  if (minutes < 60) return { count: minutes, unit: "minutes" };
  if (minutes < 48 * 60) return { count: Math.floor(minutes / 60), unit: "hours" };
  return { count: Math.floor(minutes / 1440), unit: "days" };
}
