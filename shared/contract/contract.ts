import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { Instant, VitalName, VitalValues } from "./parts.ts";
import { OutboxEntry, PatientView, StatusView, WardBoard, WorkstationView } from "./views.ts";

/**
 * Everything a page can ask for, and nothing else. Both sides check every value against these schemas.
 * Procedures under `ward`, `patient`, `record`, `drafts` and `outbox` are clinical: unless a session is open they are
 * answered with `LOCKED`, calls in flight included.
 */
const open = oc.errors({
  /** The service could not do it for a reason of this PC: what happened, what was kept, what to do. */
  UNAVAILABLE: {
    status: 503,
    data: z.object({
      what: z.enum(["keychain", "disk-full", "damaged", "stopping", "policy", "not-joined"]),
      detail: z.string(),
    }),
  },
});

const clinical = open.errors({
  LOCKED: { status: 423, data: z.object({ state: z.enum(["sealed", "locked"]) }) },
  /** Not in this PC's cache, or not of this clinician's wards. */
  NOT_FOUND: { status: 404 },
});

/** What changed, coalesced; never clinical data. The page asks again for what it shows. */
export const Hint = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("status"), status: StatusView }),
  /** These patients' records changed; null: anything may have. */
  z.object({ kind: z.literal("records"), patients: z.array(z.string()).nullable() }),
  z.object({ kind: z.literal("outbox") }),
]);
export type Hint = z.infer<typeof Hint>;

/** A field of a vitals set that cannot be saved as it is. */
export const VitalProblem = z.object({
  field: z.union([VitalName, z.literal("at"), z.literal("set")]),
  /** `implausible` can be confirmed; the others cannot. */
  problem: z.enum(["empty", "out-of-range", "implausible", "future", "too-old"]),
});

export const DraftKind = z.enum(["vitals", "note"]);

export const contract = {
  status: open.output(StatusView),
  hints: open.output(eventIterator(Hint)),

  session: {
    signIn: open
      .errors({
        WRONG_PIN: {
          status: 401,
          data: z.object({ attempts: z.int(), retryAfterSeconds: z.number() }),
        },
        NOT_READY: {
          status: 409,
          data: z.object({ why: z.enum(["pending", "unknown", "revoked", "expired"]) }),
        },
      })
      .input(z.object({ clinician: z.string(), pin: z.string().min(4).max(64) }))
      .output(StatusView),
    /** Locks; the vault key stays for the grace time. */
    lock: open.output(StatusView),
    /** Seals: the vault key is dropped at once. */
    signOut: open.output(StatusView),
    /** The page saw input: keyboard, pointer or touch. Coalesced by the page to at most one a second. */
    activity: open.output(z.object({})),
  },

  ward: {
    board: clinical.input(z.object({ ward: z.string().optional() })).output(WardBoard),
  },
  patient: {
    view: clinical.input(z.object({ patient: z.string() })).output(PatientView),
  },
  record: {
    /**
     * Saves a set as one signed act: committed to this PC's disk when it is answered, and in the escrow file unless that
     * alone cannot be written (IT is alarmed; she need not stop).
     */
    vitals: clinical
      .errors({
        /** The uuid was saved before with other values or another time; the first one stands. */
        ALREADY_SAVED: { status: 409 },
        INVALID: { status: 422, data: z.object({ problems: z.array(VitalProblem) }) },
      })
      .input(
        z.object({
          /** Made by the page once per form, so that a repeated save is the same act. */
          uuid: z.uuid(),
          patient: z.string(),
          at: Instant,
          values: VitalValues,
          /** Implausible values she looked at and confirmed. */
          confirmed: z.array(VitalName),
        }),
      )
      .output(z.object({ uuid: z.string() })),
  },
  drafts: {
    /** What is being typed, at each change; kept sealed and bound to her. */
    put: clinical
      .input(z.object({ patient: z.string(), kind: DraftKind, text: z.string().max(100_000) }))
      .output(z.object({})),
    get: clinical
      .input(z.object({ patient: z.string(), kind: DraftKind }))
      .output(z.object({ text: z.string().nullable(), at: Instant.nullable() })),
    discard: clinical
      .input(z.object({ patient: z.string(), kind: DraftKind }))
      .output(z.object({})),
  },
  outbox: {
    list: clinical.output(z.array(OutboxEntry)),
    /** Offers a parked act again, unchanged. */
    retry: clinical.input(z.object({ uuid: z.string() })).output(z.object({})),
  },
  workstation: {
    view: open.output(WorkstationView),
    /** Diagnostics without PHI, as text to hand to support. */
    diagnostics: open.output(z.object({ text: z.string() })),
  },
};
export type Contract = typeof contract;
