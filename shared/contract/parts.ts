import { z } from "zod";
import { ClinicianRole, PersonName } from "../trust/index.ts";
import { HowOften } from "./how-often.ts";

/** Instant with offset (ISO 8601), as FHIR writes it. Clinical time keeps the offset it was charted with. */
export const Instant = z.iso.datetime({ offset: true });
/** FHIR date or dateTime: may be only a year or a month. */
export const FhirDate = z.string().min(4);

/** A clinician as the lock screen and the top bar show her. */
export const Clinician = z.object({
  id: z.string(),
  name: PersonName,
  roles: z.array(ClinicianRole),
});

/**
 * How far a section of a patient's record can be believed. `loaded: false` reads "not loaded yet", never "none".
 * `asOf` is the server time of the last gap-free page applied (not received).
 */
export const SectionState = z.object({
  loaded: z.boolean(),
  asOf: Instant.nullable(),
  /** Records of this section that could not be parsed or validated, with what text could be read. */
  unreadable: z.array(
    z.object({ id: z.string(), text: z.string().nullable(), reason: z.string() }),
  ),
  /** The stored section is damaged on this PC's disk; what could be salvaged is shown. */
  damaged: z.boolean(),
});
export type SectionState = z.infer<typeof SectionState>;

/** `ar` is absent when the HIS holds no Arabic name; names are never transliterated here. */
export const PatientName = z.object({
  family: z.string(),
  given: z.string(),
  ar: z.object({ family: z.string(), given: z.string() }).optional(),
});

export const Sex = z.enum(["male", "female", "other", "unknown"]);

/** Age as it is spoken: years from two years on, months before, days in the first month. */
export const Age = z.object({ value: z.int().min(0), unit: z.enum(["years", "months", "days"]) });

/** Where an act of this PC stands. `acknowledged`: at the HIS, not yet seen in a pull. */
/** `settled`: over without having been sent. */
export const ActState = z.enum(["waiting", "sending", "parked", "acknowledged", "settled"]);

export const Criticality = z.enum(["low", "high", "unable-to-assess"]);

export const Allergy = z.object({
  id: z.string(),
  /** As recorded, in the recorder's words. */
  substance: z.string(),
  code: z.object({ system: z.string(), code: z.string() }).nullable(),
  category: z.array(z.string()),
  criticality: Criticality.nullable(),
  clinicalStatus: z.enum(["active", "inactive", "resolved"]).nullable(),
  verificationStatus: z
    .enum(["unconfirmed", "confirmed", "refuted", "entered-in-error"])
    .nullable(),
  reactions: z.array(
    z.object({
      manifestations: z.array(z.string()),
      severity: z.enum(["mild", "moderate", "severe"]).nullable(),
    }),
  ),
  recordedDate: FhirDate.nullable(),
  recorder: z.string().nullable(),
});
export type Allergy = z.infer<typeof Allergy>;

/**
 * The banner's four states of allergies. `listed`: in force. `none-known`: somebody said so. `not-recorded`: nobody
 * has said anything. `not-loaded`: this PC has not got them yet. Unreadable records are in `section` and must be
 * shown beside any of the four.
 */
export const AllergySummary = z.object({
  status: z.enum(["listed", "none-known", "not-recorded", "not-loaded"]),
  items: z.array(
    z.object({
      id: z.string(),
      substance: z.string(),
      criticality: Criticality.nullable(),
      verificationStatus: Allergy.shape.verificationStatus,
    }),
  ),
  section: SectionState,
});
export type AllergySummary = z.infer<typeof AllergySummary>;

/** A patient whom the HIS knows, as a search shows him: who he is, nothing of his record. */
export const FoundPatient = z.object({
  patient: z.string(),
  name: PatientName.nullable(),
  birthDate: FhirDate.nullable(),
  sex: Sex,
  identifier: z.string().nullable(),
});
export type FoundPatient = z.infer<typeof FoundPatient>;

/** Another record of the same person. */
const OtherRecord = z.object({
  patient: z.string(),
  name: PatientName.nullable(),
  identifier: z.string().nullable(),
});

export const PatientBanner = z.object({
  patient: z.string(),
  name: PatientName,
  birthDate: FhirDate.nullable(),
  age: Age.nullable(),
  sex: Sex,
  /** Hospital number (MRN). */
  identifier: z.string().nullable(),
  bed: z.string().nullable(),
  ward: z.string().nullable(),
  deceased: z.boolean(),
  allergies: AllergySummary,
  /** Resuscitation status in the HIS's words; null when none is recorded. */
  codeStatus: z.string().nullable(),
  /** CLINICAL: false unless all that it is read from was signed by somebody entitled: then it is to be confirmed with the team. */
  codeStatusVerified: z.boolean(),
  alerts: z.array(z.string()),
  /** Of what code status and alerts are read from: until it is loaded their absence says nothing. */
  statusSection: SectionState,
  /** The oldest `asOf` of the patient's sections. */
  asOf: Instant.nullable(),
  /** Records that the HIS has merged: into which this one went, and which are shown together with it. */
  merged: z.object({ into: OtherRecord.nullable(), from: z.array(OtherRecord) }),
});
export type PatientBanner = z.infer<typeof PatientBanner>;

/** AVPU with C for new confusion (RCP NEWS2, 2017). */
export const Consciousness = z.enum(["A", "C", "V", "P", "U"]);

/** One measurement of the NEWS2 parameters; null where it was not taken. */
export const VitalValues = z.object({
  /** Breaths per minute. */
  respiratoryRate: z.number().nullable(),
  /** Per cent. */
  spo2: z.number().nullable(),
  /** Litres per minute; 0 is room air. */
  oxygenFlow: z.number().nullable(),
  /** mmHg. */
  systolic: z.number().nullable(),
  /** mmHg. */
  diastolic: z.number().nullable(),
  /** Beats per minute. */
  pulse: z.number().nullable(),
  consciousness: Consciousness.nullable(),
  /** Degrees Celsius. */
  temperature: z.number().nullable(),
});
export type VitalValues = z.infer<typeof VitalValues>;
export const VitalName = VitalValues.keyof();
export type VitalName = z.infer<typeof VitalName>;

/** Names of the seven NEWS2 parameters. */
export const News2Part = z.enum([
  "respiratoryRate",
  "spo2",
  "oxygen",
  "systolic",
  "pulse",
  "consciousness",
  "temperature",
]);
export type News2Part = z.infer<typeof News2Part>;

/** A NEWS2 result, or why there is no total. Parts are given in both cases as far as they can be scored. */
export const News2 = z.object({
  /** 0 to 20, or null when `without` says why. */
  total: z.int().min(0).max(20).nullable(),
  without: z.enum(["incomplete", "under-16", "pregnant", "age-unknown"]).nullable(),
  missing: z.array(News2Part),
  parts: z.partialRecord(News2Part, z.int().min(0).max(3)),
  /** RCP clinical risk; `single-3` is "low–medium": a single parameter scores 3. */
  risk: z.enum(["low", "single-3", "medium", "high"]).nullable(),
});
export type News2 = z.infer<typeof News2>;

export const VitalSet = z.object({
  at: Instant,
  values: VitalValues,
  news2: News2,
  author: z.string().nullable(),
  /** Set for what was charted on this PC and is not yet in the pulled record. */
  act: z.object({ uuid: z.string(), state: ActState }).nullable(),
  /** Ids of the record's Observations it was made of: what a correction names. Empty while only this PC has the set. */
  ids: z.array(z.string()).optional(),
  /** It is shown as corrected on this PC, and the record does not have that yet. */
  correction: z.object({ uuid: z.string(), state: ActState }).nullable().optional(),
});
export type VitalSet = z.infer<typeof VitalSet>;

export const MedicineOrder = z.object({
  id: z.string(),
  /** Exactly as ordered. */
  medicine: z.string(),
  dose: z.string().nullable(),
  route: z.string().nullable(),
  /** Each line's; empty: the order does not say. */
  frequency: z.array(HowOften),
  asNeeded: z.boolean(),
  status: z.enum(["active", "on-hold", "stopped", "completed", "cancelled", "other"]),
  authoredOn: FhirDate.nullable(),
  requester: z.string().nullable(),
  /** The next due time known from the order's timing; null for as-needed or unknown timing. */
  nextDue: Instant.nullable(),
  /** The due time passed without an administration this PC knows of. */
  overdue: z.boolean(),
  lastGiven: Instant.nullable(),
  /** The prescriber's own words for the whole dosage, as ordered; absent when there are none. */
  instructions: z.string().optional(),
});
export type MedicineOrder = z.infer<typeof MedicineOrder>;

export const Result = z.object({
  id: z.string(),
  at: FhirDate,
  name: z.string(),
  /** The report or panel it belongs to. */
  panel: z.string().nullable(),
  value: z.string(),
  unit: z.string().nullable(),
  range: z.string().nullable(),
  abnormal: z.enum(["critical-low", "low", "high", "critical-high", "abnormal"]).nullable(),
  status: z.string(),
});
export type Result = z.infer<typeof Result>;

export const Problem = z.object({
  id: z.string(),
  text: z.string(),
  since: FhirDate.nullable(),
  active: z.boolean(),
});

export const Note = z.object({
  id: z.string(),
  at: FhirDate.nullable(),
  title: z.string(),
  author: z.string().nullable(),
  text: z.string(),
});
