import type { TFunction } from "i18next";
import type { Repeat } from "../../shared/contract/how-often.ts";
import type { Format } from "./format.ts";
import type { HowOften } from "./types.ts";

/**
 * How often, as a nurse says it: "once a day (08:00)", "every 8 hours", "as needed (pain), every 4 to 6 hours". What cannot be
 * said in words stays as the HIS wrote it, or in its figures. Null: the order does not say.
 */
export function howOftenWords(
  lines: readonly HowOften[],
  t: TFunction,
  format: Format,
): string | null {
  const said = lines.map((line) => lineWords(line, t, format)).filter((one) => one !== "");
  return said.length === 0 ? null : [...new Set(said)].join("; ");
}

function lineWords({ signs, repeat, asNeeded }: HowOften, t: TFunction, format: Format): string {
  if (signs === "doNotPerform") return t("howOften.doNotPerform");
  const isNeeded = asNeeded !== null;
  const often = repeat === null ? format.digits(signs) : repeatWords(repeat, isNeeded, t, format);
  if (!isNeeded) return often;
  const { reason } = asNeeded;
  const needed = reason === null ? t("howOften.asNeeded") : t("howOften.asNeededFor", { reason });
  return listed([needed, often], t);
}

function repeatWords(repeat: Repeat, isNeeded: boolean, t: TFunction, format: Format): string {
  const { dayOfWeek = [], when = [], timeOfDay = [], count } = repeat;
  const rate = rateWords(repeat, isNeeded, t);
  const at = listed(
    [
      ...dayOfWeek.map((day) => t(`howOften.day.${day}`)),
      ...when.map((one) => t(`howOften.when.${one}`)),
      ...timeOfDay.map(format.digits),
    ],
    t,
  );
  const often = rate === "" || at === "" ? `${rate}${at}` : `${rate} (${at})`;
  return listed([often, count === undefined ? "" : t("howOften.inAll", { count })], t);
}

/** CLINICAL: if needed, a range of doses is a most: nobody is due the least of it. */
function rateWords(repeat: Repeat, isNeeded: boolean, t: TFunction): string {
  const { period, periodMax, periodUnit: unit, frequency = 1, frequencyMax } = repeat;
  if (period === undefined || unit === undefined) return "";
  const most = frequencyMax ?? frequency;
  const end = t(`howOften.span.${unit}`, { count: periodMax ?? period });
  const span = periodMax === undefined ? end : t("howOften.to", { from: period, to: end });
  const isOnePeriod = period === 1 && periodMax === undefined;
  const isClocked = unit === "h" || unit === "min";
  if (most === 1 && (isClocked || !isOnePeriod)) return t("howOften.every", { span });

  const times = t("howOften.times", { count: most });
  const isMost = isNeeded && frequencyMax !== undefined;
  const said =
    isMost || most === frequency ? times : t("howOften.to", { from: frequency, to: times });
  const rate = isOnePeriod
    ? t(`howOften.per.${unit}`, { times: said })
    : t("howOften.timesEvery", { times: said, span });
  return isMost ? t("howOften.atMost", { rate }) : rate;
}

function listed(parts: readonly string[], t: TFunction): string {
  return parts.filter((one) => one !== "").join(t("howOften.comma"));
}
