import type { PinProblem } from "../contract/people.ts";

/** Six digits are a million PINs; with the delays after wrong ones (at most one in 15 minutes) that is enough. */
export const PIN_LEAST = 6;
/** Longer ones are written down. */
export const PIN_MOST = 12;

/** Digits of Arabic and Persian keyboards are the same digits: the PIN a nurse means, whichever way she types it. */
export function latinDigits(typed: string): string {
  return typed
    .normalize("NFKC")
    .replaceAll(/[\u0660-\u0669]/gu, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replaceAll(/[\u06F0-\u06F9]/gu, (digit) => String(digit.charCodeAt(0) - 0x06f0));
}

/**
 * What is wrong with a PIN somebody wants; null: nothing.
 * @param known.birthday `MM-DD` of her roster entry; her own birthday is refused in every order, with any year.
 * @param known.old her PIN until now, as she typed it
 */
export function pinProblem(
  wanted: string,
  known: { readonly birthday?: string | undefined; readonly old?: string } = {},
): PinProblem | null {
  const pin = latinDigits(wanted);
  if (!/^\d+$/u.test(pin)) return pin === "" ? "too-short" : "not-digits";
  if (pin.length < PIN_LEAST) return "too-short";
  if (pin.length > PIN_MOST) return "too-long";
  if (isRun(pin)) return "run";
  if (isHerBirthday(pin, known.birthday) || isDate(pin)) return "birthday";
  if (known.old !== undefined && latinDigits(known.old) === pin) return "same";
  return null;
}

/** What a guesser tries first: equal steps (111111, 123456, 975310, 890123), short repeats (121212, 123123, 112233). */
function isRun(pin: string): boolean {
  const repeats = [1, 2, 3].some((period) => repeated(pin, period));
  return repeats || steps(pin) || steps(collapsed(pin));
}

function repeated(pin: string, period: number): boolean {
  return Array.from(pin).every((digit, at) => at < period || digit === pin[at - period]);
}

/** Whether every digit is the one before plus the same step; after 9 comes 0, as on the keys. */
function steps(pin: string): boolean {
  if (pin.length < 2) return false;
  const step = (at: number): number => (Number(pin[at]) - Number(pin[at - 1]) + 10) % 10;
  return Array.from(pin).every((_digit, at) => at < 2 || step(at) === step(1));
}

/** 112233 → 123, 111222 → 12: one digit for each group, if all groups are equally long. Otherwise nothing. */
function collapsed(pin: string): string {
  const groups = pin.match(/(\d)\1*/gu) ?? [];
  const [first = ""] = groups;
  const even = first.length > 1 && groups.every((group) => group.length === first.length);
  return even ? groups.map((group) => group.charAt(0)).join("") : "";
}

/**
 * Her birthday's day and month beside a year of two or four digits, before or after it. Colleagues know the day (there
 * was cake), and the year can be guessed: at most 400 of a million six-digit PINs are lost by this.
 */
function isHerBirthday(pin: string, birthday: string | undefined): boolean {
  const [month, day] = birthday?.split("-") ?? [];
  if (month === undefined || day === undefined || (pin.length !== 6 && pin.length !== 8))
    return false;
  return [day + month, month + day].some((days) => pin.startsWith(days) || pin.endsWith(days));
}

/**
 * Eight digits with a year of the last or this century in them are a date, whosever. Six digits are not looked at this
 * way: in one order or another one in ten of all of them reads as a date, most by chance, and a nurse who is refused for
 * no reason she can see writes the next one down.
 */
function isDate(pin: string): boolean {
  if (pin.length !== 8) return false;
  const at = (start: number, length: number): string => pin.slice(start, start + length);
  const yearLast = at(4, 4);
  const yearFirst = at(0, 4);
  return (
    calendar(yearLast, at(2, 2), at(0, 2)) ||
    calendar(yearLast, at(0, 2), at(2, 2)) ||
    calendar(yearFirst, at(4, 2), at(6, 2)) ||
    calendar(yearFirst, at(6, 2), at(4, 2))
  );
}

function calendar(year: string, month: string, day: string): boolean {
  if (!/^(?:19|20)\d\d$/u.test(year)) return false;
  const iso = `${year}-${month}-${day}`;
  const read = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(iso);
}
