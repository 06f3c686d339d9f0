import { z } from "zod";

const Count = z.int().positive();
/** FHIR's decimal; the page writes at most two places. */
const Length = z
  .number()
  .positive()
  .refine((length) => Number(length.toFixed(2)) === length);

/**
 * FHIR R4's `Timing.repeat` as far as the page has words for all of it. Strict: what has a word too many (an offset, how long
 * an infusion runs) is not put into words, because words would leave it out.
 */
export const Repeat = z
  .strictObject({
    frequency: Count.optional(),
    frequencyMax: Count.optional(),
    period: Length.optional(),
    periodMax: Length.optional(),
    periodUnit: z.enum(["min", "h", "d", "wk", "mo", "a"]).optional(),
    /** Doses in all, after which it is over. */
    count: Count.optional(),
    dayOfWeek: z.array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])).optional(),
    /** EventTiming: bedtime, meals, parts of the day. */
    when: z
      .array(
        // prettier-ignore
        z.enum([
          "MORN", "NOON", "AFT", "EVE",
          "NIGHT", "PHS", "HS", "WAKE", "C", "CM", "CD", "CV", "AC", "ACM", "ACD", "ACV", "PC", "PCM", "PCD", "PCV",
        ]),
      )
      .optional(),
    timeOfDay: z.array(z.string().regex(/^\d{2}:\d{2}$/u)).optional(),
  })
  .refine(({ period, periodUnit }) => (period === undefined) === (periodUnit === undefined))
  .refine(
    ({ period, frequency, frequencyMax, periodMax }) =>
      (period !== undefined ||
        (frequency === undefined && frequencyMax === undefined && periodMax === undefined)) &&
      (frequencyMax ?? Infinity) >= (frequency ?? 1) &&
      (periodMax ?? Infinity) >= (period ?? 0),
  );
export type Repeat = z.infer<typeof Repeat>;

/** How often one line of an order is to be given. */
export const HowOften = z.object({
  /** The HIS's own words, or its figures in signs that no language owns: what is shown where there are no words. */
  signs: z.string(),
  /** What all of `signs` says, if the page can word it. */
  repeat: Repeat.nullable(),
  /** Only if needed, and what for. */
  asNeeded: z.object({ reason: z.string().nullable() }).nullable(),
});
export type HowOften = z.infer<typeof HowOften>;
