import { z } from "zod";
import { Instant } from "./parts.ts";
import { Connection, ConnectionCause } from "./status.ts";

/** How the audit trail is not what was written, and the number of the first entry it concerns. */
const TrailBreak = z.object({
  at: z.int(),
  how: z.enum(["changed", "missing", "cut-off", "replaced", "head-forged", "anchor-missing"]),
});

/** The audit trail of this PC, as IT and the security officer see it. */
const TrailView = z.object({
  entries: z.int(),
  /** The last entry that a head signed by this PC covers. */
  signedTo: z.int().nullable(),
  signedAt: Instant.nullable(),
  /** Found when Amanah started, and kept: a trail that grew on over a break is not whole. */
  breaks: z.array(TrailBreak.extend({ found: Instant })),
  /** Entries that the HIS has not yet, and AuditEvents that it refused for good. */
  unsent: z.int(),
  refused: z.int(),
  /** The last check of the whole trail since the start. */
  check: z.object({
    state: z.enum(["never", "running", "done", "failed"]),
    checked: z.int(),
    of: z.int(),
    at: Instant.nullable(),
    whole: z.boolean().nullable(),
    broken: TrailBreak.nullable(),
  }),
});

/** The sync as IT sees it: names of types, numbers and times. */
export const SyncView = z.object({
  types: z.array(
    z.object({
      type: z.string(),
      /** Server time that the next question goes on from. */
      cursor: Instant.nullable(),
      lastPage: Instant.nullable(),
      /** Server time up to which it is applied without gaps; null also while the vault is closed. */
      asOf: Instant.nullable(),
      /** Resources in the chart; null while the vault is closed. */
      held: z.int().nullable(),
      /** When it was last asked what the HIS has deleted. */
      deletionsAt: Instant.nullable(),
      problem: z.string().nullable(),
      deletionsProblem: z.string().nullable(),
    }),
  ),
  /** What is stuck and belongs to no one type. */
  problems: z.array(z.object({ what: z.string(), problem: z.string() })),
  /** Acts not at the HIS: never tried, tried at least once, parked. */
  unsent: z.object({ first: z.int(), again: z.int(), parked: z.int() }),
  /** The line to the HIS; null until this PC knows its HIS. */
  line: z
    .object({
      server: z
        .object({
          software: z.string().nullable(),
          fhirVersion: z.string(),
          transaction: z.boolean(),
          /** Of the types kept here, for how many it offers history, and takes ids that this client gives. */
          history: z.enum(["all", "some", "none"]),
          clientIds: z.enum(["all", "some", "none"]),
        })
        .nullable(),
      /** Newest first. */
      changes: z.array(
        z.object({
          at: Instant,
          state: Connection.shape.state,
          cause: ConnectionCause.nullable(),
          detail: z.string().nullable(),
        }),
      ),
      requestsLastHour: z.int(),
      roundTripMs: z.int().nullable(),
      /** Whether the HIS tells this PC by itself when something changes (Subscriptions). */
      nudges: z.enum(["not-offered", "listening", "off"]),
      skew: z.object({ offsetMs: z.int(), plusMinusMs: z.int() }).nullable(),
      nextTry: Instant.nullable(),
    })
    .nullable(),
});
export type SyncView = z.infer<typeof SyncView>;

/** What IT sees; every value is a fact of this PC, none of a patient. */
export const WorkstationView = z.object({
  policy: z.array(
    z.object({ key: z.string(), value: z.string(), source: z.enum(["default", "file"]) }),
  ),
  policyProblem: z.string().nullable(),
  keychain: z.object({ backend: z.string(), ok: z.boolean(), detail: z.string().nullable() }),
  files: z.array(
    z.object({
      name: z.enum(["journal.db", "chart.db"]),
      bytes: z.number(),
      cipher: z.string(),
      damaged: z.int(),
    }),
  ),
  versions: z.record(z.string(), z.string()),
  sync: SyncView,
  inboxPages: z.int(),
  /** The pack of the drug-allergy check; null: none. */
  knowledge: z
    .object({ version: z.string(), title: z.string(), validTo: Instant, expired: z.boolean() })
    .nullable(),
  audit: TrailView,
});
export type WorkstationView = z.infer<typeof WorkstationView>;
