import { z } from "zod";
import { HowOften } from "./how-often.ts";
import { FhirDate, Instant } from "./parts.ts";

/** What a change takes away or alters of a safety-critical fact, in the words a screen says. */
export const HoldReason = z.enum([
  /** Gone from the HIS. */
  "removed",
  "refuted",
  "entered-in-error",
  "less-certain",
  "no-longer-active",
  "criticality-lowered",
  "reaction-removed",
  "severity-lowered",
  /** Another code, system, display or text. */
  "re-coded",
  /** It names another patient. */
  "re-pointed",
  "note-removed",
  "category-removed",
  /** Something that may turn its meaning round: a modifier extension, implicit rules, a data-absent reason. */
  "modifier",
  "contained",
  "future-date",
  /** Elements this client cannot weigh. */
  "other-element",
  /** A patient's record is said to be replaced by, or the same as, another's. */
  "merged",
  "name-changed",
  "birth-date-changed",
  "sex-changed",
  "identifier-changed",
  "deactivated",
  "deceased-changed",
  "photo-changed",
  /** An order that had ended is to be given again. */
  "reopened",
  /** A version older than the one in force. */
  "older-version",
  /** The same version number, with other content. */
  "same-version",
  "code-status-changed",
  "alert-changed",
  /** "Do not give" is not said any more, or of something else. */
  "prohibition-changed",
  /** It was in force by a signature whose key, or whose author, was revoked as of before. */
  "signer-revoked",
]);
export type HoldReason = z.infer<typeof HoldReason>;

/** How far a safety-critical fact can be believed. */
export const Standing = z.enum([
  /** Signed by somebody entitled. */
  "verified",
  /** The HIS says so, unsigned. */
  "unverified",
  /** Unsigned, and this PC held nothing to compare it with when it came. */
  "first-seen",
]);
export type Standing = z.infer<typeof Standing>;

/** The value of a line that one side has and the other has not. */
export const NOTHING_SAID = "–";

const Said = z.object({
  value: z.string(),
  /** Where the value is how often a medicine is to be given. */
  frequency: z.array(HowOften).optional(),
});
const FactLine = Said.extend({ label: z.string(), changed: z.boolean() });

/** One line of what an order was before it was changed, and what it says now; null: it says nothing of it any more. */
export const ChangedLine = FactLine.extend({ now: Said.nullable() });
export type ChangedLine = z.infer<typeof ChangedLine>;

/** One version of a fact in clinical words, line by line; `changed` marks what the other side says differently. */
export const FactSide = z.object({
  /** Null: gone, the HIS holds it no more. */
  lines: z.array(FactLine).nullable(),
  /** Who wrote it, as far as that is said; nothing proves it unless `signed`. */
  author: z.string().nullable(),
  at: FhirDate.nullable(),
  signed: z.boolean(),
});
export type FactSide = z.infer<typeof FactSide>;

/** Clinicians' words on a held change that policy wants two for; absent in what was written before there were any. */
export const Opinions = z
  .array(
    z.object({
      /** Her id. */
      by: z.string(),
      verdict: z.enum(["accept", "keep"]),
      at: Instant,
      reason: z.string(),
    }),
  )
  .readonly()
  .default([]);

/** A change that was not applied: what is in force, what is claimed, and why it waits. */
export const Hold = z.object({
  type: z.string(),
  id: z.string(),
  patient: z.string(),
  /** Which claim, so that a decision is about what she saw. */
  claim: z.string(),
  what: z.string(),
  reasons: z.array(HoldReason).min(1),
  /** Neither side is current: "confirm with the team". */
  bothShown: z.boolean(),
  /** The order is off what may be given until somebody decides. */
  suspended: z.boolean(),
  inForce: FactSide,
  claimed: FactSide,
  /** The claim says that the fact belongs to this patient. */
  claimedFor: z.string().nullable(),
  /** Policy wants two clinicians who say the same. */
  two: z.boolean(),
  /** What clinicians have said of it so far, each one's last word. */
  opinions: Opinions,
  since: Instant.nullable(),
});
export type Hold = z.infer<typeof Hold>;
