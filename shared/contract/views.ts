import { z } from "zod";
import {
  ActState,
  Age,
  Allergy,
  Clinician,
  Instant,
  News2,
  Note,
  PatientBanner,
  PatientName,
  Problem,
  Result,
  SectionState,
  Sex,
  VitalSet,
} from "./parts.ts";
import { HowOften } from "./how-often.ts";
import { ChangedLine, Hold, Standing } from "./guard.ts";
import { ActKind } from "../trust/index.ts";
import { PatientOrder } from "./medicines.ts";
import { OrderedHere } from "./ordering.ts";

export const BoardRow = z.object({
  /** Null for an empty bed. */
  patient: z.string().nullable(),
  /** Other patients whose records the row is made from too: they were merged into this one. */
  merged: z.array(z.string()),
  bed: z.string(),
  name: PatientName.nullable(),
  age: Age.nullable(),
  sex: Sex.nullable(),
  identifier: z.string().nullable(),
  /** The latest set's score, its time, and how it moved against the set before; null: no vitals known. */
  news2: z
    .object({
      score: News2,
      at: Instant,
      trend: z.enum(["up", "down", "same"]).nullable(),
      /** The last set with a total, when the latest has none because it is incomplete: a high score stays in sight. */
      lastTotal: z.object({ score: News2, at: Instant }).optional(),
    })
    .nullable(),
  allergies: z.enum(["listed", "listed-high", "none-known", "not-recorded", "not-loaded"]),
  /** Allergy records that could not be read; shown beside the mark above. */
  unreadable: z.int(),
  due: z.int(),
  overdue: z.int(),
  unsent: z.int(),
  /** Doses of the last day that were given twice for one due time. */
  doubleDoses: z.int().optional(),
  holds: z.int(),
  loaded: z.boolean(),
  damaged: z.boolean(),
  /** The oldest `asOf` of the patient's sections. */
  asOf: Instant.nullable(),
  /** Whether what the columns are made from has arrived: until then an empty one says nothing. */
  arrived: z.object({ vitals: z.boolean(), medicines: z.boolean() }),
  /** Outside her remit: bed and identity only; opening asks for a reason. */
  outside: z.boolean(),
});
export type BoardRow = z.infer<typeof BoardRow>;

export const WardBoard = z.object({
  ward: z.object({ id: z.string(), name: z.string(), nameAr: z.string().nullable() }),
  rows: z.array(BoardRow),
  asOf: Instant.nullable(),
  /** Server time up to which it is known who lies where; null: not yet, and no bed can be called empty. */
  bedsAsOf: Instant.nullable(),
  /** Patients of the ward whose record is not wholly loaded yet. */
  loading: z.int(),
});
export type WardBoard = z.infer<typeof WardBoard>;

export const PatientView = z.object({
  banner: PatientBanner,
  /** By which right it is open; an override and an emergency access are marked throughout. */
  access: z.enum(["remit", "override", "emergency"]),
  problems: z.array(Problem),
  problemsSection: SectionState,
  allergies: z.array(Allergy),
  medicines: z.array(PatientOrder),
  medicinesSection: SectionState,
  /** Ordered on this PC and not in the record yet, newest first. */
  orderedHere: z.array(OrderedHere),
  /** Doses given more than once for one due time, in the last two days. */
  doubleDoses: z
    .array(
      z.object({
        medicine: z.string(),
        due: Instant.nullable(),
        doses: z.array(z.object({ at: Instant, by: z.string().nullable(), here: z.boolean() })),
      }),
    )
    .optional(),
  /** Newest first, at most the last 72 h or 60 sets. */
  vitals: z.array(VitalSet),
  vitalsSection: SectionState,
  /** CLINICAL: NEWS2 is not for pregnancy; as the record states it. */
  pregnant: z.boolean(),
  /** The SpO2 scale a clinician has set (RCP NEWS2: scale 2 for hypercapnic respiratory failure). */
  spo2Scale: z.union([z.literal(1), z.literal(2)]),
  /** Newest first. */
  results: z.array(Result),
  resultsSection: SectionState,
  notes: z.array(Note),
  notesSection: SectionState,
  /** Changes of safety-critical facts that were not applied. */
  holds: z.array(Hold),
  /** How safety-critical facts stand, by `Type/id`; who is not named is *first seen here*. */
  standings: z.record(z.string(), Standing),
  /** What an order said before it was changed unsigned, beside what it says now, by its id. */
  changedOrders: z.record(z.string(), z.array(ChangedLine)),
  /** Of these, what a doctor signed here: the HIS holds them as something else, and nobody gives by them. */
  orderedOtherwise: z.array(z.string()),
});
export type PatientView = z.infer<typeof PatientView>;

/** One field of a resource that three versions do not agree about; the words are for a reader, codes as FHIR has them. */
const ConflictField = z.object({
  field: z.string(),
  /** What was charted here was based on. */
  base: z.string().nullable(),
  mine: z.string().nullable(),
  theirs: z.string().nullable(),
  /** A clinician decides; else it was merged by its rule. */
  decide: z.boolean(),
});

export const Conflict = z.object({
  items: z.array(
    z.object({
      /** `type/id`. */
      resource: z.string(),
      /** Names of the vital signs it holds, if it does. */
      vitals: z.array(z.string()),
      what: z.string(),
      at: z.string().nullable(),
      /** False: theirs is about another patient, finding or time now. */
      mineIsPossible: z.boolean(),
      fields: z.array(ConflictField),
    }),
  ),
});
export type Conflict = z.infer<typeof Conflict>;

export const OutboxEntry = z.object({
  uuid: z.string(),
  /** Its place in the order of this PC's charting. */
  number: z.int(),
  kind: ActKind,
  patient: z.string(),
  /** Null while the chart is closed or the patient is not in the cache. */
  patientName: PatientName.nullable(),
  bed: z.string().nullable(),
  author: Clinician,
  at: Instant,
  /** When it was put in the outbox. */
  queuedAt: Instant,
  state: ActState,
  attempts: z.int(),
  nextAttempt: Instant.nullable(),
  /** Why it waits or was parked, in plain words from the HIS or from us. */
  reason: z.string().nullable(),
  /** The same as a code, which the page words. */
  why: z
    .enum([
      "conflict",
      "refused",
      "failing",
      "partly",
      "gone",
      "unreadable",
      "withdrawn",
      "late",
      "kept-theirs",
      "decided",
      "offered-again",
    ])
    .nullable(),
  /** The reason its author gave: of a correction or a withdrawal. */
  said: z.string().nullable(),
  settledAt: Instant.nullable(),
  conflict: Conflict.nullable(),
  values: z.record(z.string(), z.string()),
  /** Of an order: how often. */
  frequency: z.array(HowOften).optional(),
  /** Names of values that a correction marks as entered in error. */
  wrong: z.array(z.string()),
});
export type OutboxEntry = z.infer<typeof OutboxEntry>;
