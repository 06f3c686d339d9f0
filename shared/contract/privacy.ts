import { z } from "zod";
import { reasonChoices } from "../access-reason.ts";
import { Clinician, Instant, PatientName } from "./parts.ts";

/** What somebody did with a patient's record, in the words the privacy officer's list says. */
export const AccessWhat = z.enum([
  "opened",
  /** The board of a ward, with this patient on it. */
  "board",
  "charted",
  /** Accepted a change that was held, or kept what was there. */
  "decided",
  /** A medicine was not given because of an allergy; or given all the same. */
  "allergy-stop",
  "allergy-override",
  "override",
  "emergency",
  /** Looked for in the whole hospital, or in the list of this PC's patients: for whom is not kept. */
  "searched",
  /** Fetched from another ward. */
  "brought",
  /** Somebody read this list. */
  "list-read",
  /** Marked by this PC: more records within minutes than is anybody's ordinary work. */
  "unusual",
]);
export type AccessWhat = z.infer<typeof AccessWhat>;

/** Why a reading is marked as unusual. */
export const UnusualMark = z.enum([
  /** Many different patients within minutes. */
  "many",
  /** Not so many, and none of them hers. */
  "many-outside",
  /** Very restricted, a person in the public eye, or a colleague; and she is not in the care team. */
  "restricted",
]);
export type UnusualMark = z.infer<typeof UnusualMark>;

/** One entry of this PC's audit trail that is about reading or writing patients' records. No free text is in it. */
export const SeenEntry = z.object({
  /** Its number in the trail. */
  seq: z.int(),
  at: Instant,
  what: AccessWhat,
  /** Null: an emergency access, whose name is as it was typed; or the PC itself. */
  who: Clinician.nullable(),
  typed: z.string().nullable(),
  /** The only patient it concerns; null: several (`patients`), or none by name. */
  patient: z.string().nullable(),
  patientName: PatientName.nullable(),
  patients: z.int(),
  right: z.enum(["remit", "override", "emergency"]).nullable(),
  /** Kind of the act that was charted: `vitals`, `administration`, … */
  act: z.string().nullable(),
  reason: z.enum(reasonChoices).nullable(),
  unusual: z.array(UnusualMark),
});
export type SeenEntry = z.infer<typeof SeenEntry>;

/** A page of who saw what, newest first. */
export const SeenPage = z.object({
  entries: z.array(SeenEntry),
  /** Where the next page goes on; null: the trail has no older entry. */
  next: z.int().nullable(),
});
export type SeenPage = z.infer<typeof SeenPage>;
