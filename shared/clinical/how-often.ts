import { Repeat, type HowOften } from "../contract/how-often.ts";
import { isAsNeeded } from "./due.ts";
import { codings, conceptText, field, number, object, text, texts } from "./read.ts";
import type { Json } from "./read.ts";

const GTS_ABBREVIATION = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation";
/** The codes FHIR R4 offers for `Timing.code` that name an interval, a count or bedtime, as what they stand for. */
const CODED: Readonly<Record<string, Repeat>> = {
  BID: { frequency: 2, period: 1, periodUnit: "d" },
  TID: { frequency: 3, period: 1, periodUnit: "d" },
  QID: { frequency: 4, period: 1, periodUnit: "d" },
  QD: { frequency: 1, period: 1, periodUnit: "d" },
  QOD: { frequency: 1, period: 2, periodUnit: "d" },
  Q1H: { frequency: 1, period: 1, periodUnit: "h" },
  Q2H: { frequency: 1, period: 2, periodUnit: "h" },
  Q3H: { frequency: 1, period: 3, periodUnit: "h" },
  Q4H: { frequency: 1, period: 4, periodUnit: "h" },
  Q6H: { frequency: 1, period: 6, periodUnit: "h" },
  Q8H: { frequency: 1, period: 8, periodUnit: "h" },
  WK: { frequency: 1, period: 1, periodUnit: "wk" },
  MO: { frequency: 1, period: 1, periodUnit: "mo" },
  BED: { when: ["HS"] },
};

/** An order that says what must not be given. */
export const DO_NOT_PERFORM: HowOften = { signs: "doNotPerform", repeat: null, asNeeded: null };

/**
 * How often one Dosage is to be given; null when it does not say. CLINICAL: where the timing has words of its own they count,
 * not its numbers (FHIR R4, Timing.code); and nothing that `signs` says is missing from `repeat`.
 */
export function howOften(dosage: unknown): HowOften | null {
  const timing = object(field(dosage, "timing"));
  const asNeeded = isAsNeeded(dosage)
    ? { reason: conceptText(field(dosage, "asNeededCodeableConcept")) }
    : null;
  const signs = timingSigns(timing);
  if (signs === null) return asNeeded === null ? null : { signs: "", repeat: null, asNeeded };
  return { signs, repeat: repeatOf(timing), asNeeded };
}

/** Lines of an order as one text, for whoever compares two versions of it; null: it does not say. */
export function howOftenSigns(lines: readonly HowOften[]): string | null {
  const said = lines.map(({ signs, asNeeded }) =>
    [asNeeded === null ? "" : "PRN", asNeeded?.reason ?? "", signs].filter(Boolean).join(" "),
  );
  return said.length === 0 ? null : [...new Set(said)].join("; ");
}

function repeatOf(timing: Json): Repeat | null {
  const given = object(field(timing, "repeat"));
  const isCoded = conceptText(field(timing, "code")) !== null;
  const coded = isCoded ? codedRepeat(field(timing, "code")) : {};
  if (coded === null || field(timing, "modifierExtension") !== undefined) return null;
  // The moments of `event` are shown as due times, and its bounds are no part of how often.
  const { boundsPeriod: _p, boundsDuration: _d, boundsRange: _r, ...repeat } = given;
  const {
    frequency: _f,
    frequencyMax: _m,
    period: _q,
    periodMax: _x,
    periodUnit: _u,
    ...at
  } = repeat;
  const times = texts(field(repeat, "timeOfDay")).map((time) => time.slice(0, 5));
  const read = Repeat.safeParse({
    ...(isCoded ? { ...coded, ...at } : repeat),
    ...(times.length > 0 && { timeOfDay: times }),
  });
  return read.success && Object.keys(read.data).length > 0 ? read.data : null;
}

/** What a code stands for; null: it has words of its own, or nobody here knows it. */
function codedRepeat(code: unknown): Repeat | null {
  const words = text(field(code, "text"));
  const known = codings(code).filter(({ system }) => system === GTS_ABBREVIATION);
  if (words !== null && known.every((one) => one.code !== words)) return null;
  const one = known.find((each) => Object.hasOwn(CODED, each.code));
  return one === undefined ? null : (CODED[one.code] ?? null);
}

/** The timing's own words where it has them, else its numbers and clock times ("2× / 1 d (08:00, 20:00)"). */
function timingSigns(timing: Json): string | null {
  const repeat = object(field(timing, "repeat"));
  const said = conceptText(field(timing, "code"));
  const times = texts(field(repeat, "timeOfDay")).map((time) => time.slice(0, 5));
  const offset = number(field(repeat, "offset"));
  const when = texts(field(repeat, "when")).map((one) =>
    offset === null || offset === 0 ? one : `${one} ${offset} min`,
  );
  const detail = [
    ...texts(field(repeat, "dayOfWeek")),
    ...when,
    ...times,
    ...span("n=", repeat, "count", "countMax", ""),
    ...span(
      "t=",
      repeat,
      "duration",
      "durationMax",
      ` ${text(field(repeat, "durationUnit")) ?? "?"}`,
    ),
  ].join(", ");
  const base = said ?? countSigns(repeat);
  if (base === null) return detail === "" ? null : detail;
  return detail === "" ? base : `${base} (${detail})`;
}

function countSigns(repeat: Json): string | null {
  const [count] = span("", repeat, "frequency", "frequencyMax", "");
  const [period] = span("", repeat, "period", "periodMax", "");
  const unit = text(field(repeat, "periodUnit"));
  if (period === undefined || unit === null) return count === undefined ? null : `${count}×`;
  const [least] = span("", { frequency: 1, ...repeat }, "frequency", "frequencyMax", "");
  return `${least}× / ${period} ${unit}`;
}

function span(before: string, of: Json, from: string, to: string, after: string): string[] {
  const least = number(field(of, from));
  const most = number(field(of, to));
  const said = [least, most].filter((one) => one !== null);
  return said.length === 0 ? [] : [`${before}${said.join("–")}${after}`];
}
