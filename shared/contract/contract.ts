import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { clinical, ofPatient, open, pinErrors, Reason } from "./bases.ts";
import { record } from "./charting.ts";
import { FoundPatient, Instant } from "./parts.ts";
import { AccessEntry, EnrolmentView, KeysView, PinProblem } from "./people.ts";
import { SeenPage } from "./privacy.ts";
import { StatusView } from "./status.ts";
import { WorkstationView } from "./workstation.ts";
import { OutboxEntry, PatientView, WardBoard } from "./views.ts";

/** What changed, coalesced; never clinical data. The page asks again for what it shows. */
export const Hint = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("status"), status: StatusView }),
  /** These patients' records changed; null: anything may have. `beds`: and who lies where, or what the beds are called. */
  z.object({
    kind: z.literal("records"),
    patients: z.array(z.string()).nullable(),
    beds: z.boolean(),
  }),
  z.object({ kind: z.literal("outbox") }),
]);
export type Hint = z.infer<typeof Hint>;

/** Which form is being typed in: one of a patient's own, or the dialog about one order, set, entry or claim. */
export const DraftKind = z.union([
  z.enum(["vitals", "note", "order"]),
  z.templateLiteral([
    z.enum(["give", "correct", "withdraw", "decide", "hold"]),
    "/",
    z.string().max(128),
  ]),
]);
export type DraftKind = z.infer<typeof DraftKind>;

/** How far back the reviews of all PCs can be read here: each page is a request to the HIS. */
export const MOST_REVIEW_PAGES = 20;

/**
 * Everything a page can ask for, and nothing else. Both sides check every value against these schemas.
 * Procedures under `ward`, `patient`, `record`, `guard`, `drafts`, `outbox`, `review` and `privacy` are clinical: unless a session
 * is open they are answered with `LOCKED`, calls in flight included.
 */
export const contract = {
  status: open.output(StatusView),
  hints: open.output(eventIterator(Hint)),

  session: {
    signIn: open
      .errors({
        ...pinErrors,
        NOT_READY: {
          status: 409,
          data: z.object({
            /** `badge`: policy wants her badge on the reader. */
            why: z.enum(["pending", "unknown", "revoked", "expired", "badge"]),
          }),
        },
      })
      .input(z.object({ clinician: z.string(), pin: z.string().min(4).max(64) }))
      .output(StatusView),
    /** Short access for who has no slot here, by a colleague's PIN or the ward's envelope. Reads only. */
    emergency: open
      .errors({
        ...pinErrors,
        NOT_READY: {
          status: 409,
          data: z.object({ why: z.enum(["pending", "unknown", "revoked", "expired"]) }),
        },
        ENVELOPE_REFUSED: {
          status: 409,
          data: z.object({ why: z.enum(["unknown", "used", "expired"]) }),
        },
      })
      .input(
        z.object({
          /** Who takes it, as she says. */
          name: z.string().trim().min(2).max(100),
          reason: Reason,
          way: z.discriminatedUnion("kind", [
            z.object({
              kind: z.literal("colleague"),
              clinician: z.string(),
              pin: z.string().min(4).max(64),
            }),
            z.object({ kind: z.literal("envelope"), code: z.string().min(12).max(64) }),
          ]),
        }),
      )
      .output(StatusView),
    /** A keyboard-wedge reader typed this: it names, and locks; it never opens. */
    wedge: open.input(z.object({ code: z.string().min(4).max(64) })).output(StatusView),
    /** She copied text: SHA-256 (hex) of it, so that a lock clears the clipboard if it still holds it. */
    copied: open
      .input(z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/u) }))
      .output(z.object({})),
    /** Whoever is signed in changes her own PIN. Answered once the new one is on this PC's disk. */
    changePin: clinical
      .errors({
        ...pinErrors,
        PIN_REFUSED: { status: 422, data: z.object({ problem: PinProblem }) },
      })
      .input(z.object({ pin: z.string().min(4).max(64), wanted: z.string().max(64) }))
      .output(z.object({})),
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
    view: ofPatient.input(z.object({ patient: z.string() })).output(PatientView),
    /** Asks the HIS for a patient of the whole hospital: by name, number or birth date. Needs the HIS; audited. */
    find: clinical.input(z.object({ sought: z.string().trim().min(2).max(100) })).output(
      z.object({
        /** False: the HIS cannot be asked now. */
        answered: z.boolean(),
        found: z.array(FoundPatient),
        more: z.boolean(),
      }),
    ),
    /** Has him fetched and kept here until retention ends; audited. To be opened he needs an override like anybody outside. */
    bring: clinical
      .input(z.object({ patient: z.string().min(1).max(64) }))
      .output(z.object({ coming: z.boolean() })),
    /** Opens a patient outside her remit for this session; audited, reported and reviewed. */
    override: clinical
      .input(z.object({ patient: z.string(), reason: Reason }))
      .output(z.object({})),
  },
  record,
  guard: {
    /** Her decision about a change that was held: signed, sent to the HIS, and in force here at once, unless policy wants two. */
    decide: ofPatient
      .errors({
        /** The HIS has said something else meanwhile: to be looked at again. Nothing changed. */
        CLAIM_CHANGED: { status: 409 },
        /** Policy wants two, and she has said so before: somebody else must say the same. Nothing changed. */
        NEEDS_COLLEAGUE: { status: 409 },
        /** The uuid was saved before with another decision; the first one stands, and nothing was settled by this one. */
        ALREADY_SAVED: { status: 409 },
      })
      .input(
        z.object({
          /** Made by the page once per question, so that a repeated answer is the same act. */
          uuid: z.uuid(),
          patient: z.string(),
          type: z.string(),
          id: z.string(),
          claim: z.string(),
          verdict: z.enum(["accept", "keep"]),
          reason: Reason,
        }),
      )
      // Not settled: her word is written down, and a colleague's same word is wanted.
      .output(z.object({ settled: z.boolean() })),
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
    /** Unsent entries, oldest first, a page from after a number; or those that are over unsent, latest first. */
    list: clinical
      .input(z.object({ after: z.int().optional(), settled: z.boolean().optional() }).optional())
      .output(z.array(OutboxEntry)),
    /** Takes an unsent entry back, as an act of its own. `settled`: it is over; else the HIS is asked first. */
    withdraw: ofPatient
      .errors({ CHANGED: { status: 409 }, ALREADY_SAVED: { status: 409 } })
      .input(z.object({ uuid: z.uuid(), act: z.string(), at: Instant, reason: Reason }))
      .output(z.object({ settled: z.boolean() })),
    /** Decides a conflict; a field that is not named stays as the HIS has it. */
    decide: ofPatient
      .errors({ CHANGED: { status: 409 }, ALREADY_SAVED: { status: 409 } })
      .input(
        z.object({
          uuid: z.uuid(),
          act: z.string(),
          at: Instant,
          mine: z.array(z.object({ resource: z.string(), field: z.string() })),
        }),
      )
      .output(z.object({ settled: z.boolean() })),
    /** Offers a parked act again, unchanged. */
    retry: clinical.input(z.object({ uuid: z.string() })).output(z.object({})),
  },
  /** Overrides and emergency accesses, newest first. */
  review: {
    list: clinical.output(z.array(AccessEntry)),
    /** Somebody else than who did it has looked. */
    done: clinical.input(z.object({ id: z.uuid() })).output(z.object({})),
  },
  /** For the privacy officer: this PC's own trail, read by person or by patient; reading it is in the trail too. */
  privacy: {
    /** Newest first, a page from before a number of the trail. `boards`: also the boards that were read. */
    accesses: clinical
      .input(
        z.object({
          patient: z.string().min(1).max(128).optional(),
          before: z.int().optional(),
          boards: z.boolean(),
        }),
      )
      .output(SeenPage),
    /**
     * Overrides and emergency accesses of all PCs, newest first, as the HIS holds their reports. `answered`: false when it could not
     * be asked; then they are this PC's own. `pages`: of some 200 events each. `older`: there is a page more; `more`: some are not
     * shown, because they are older or could not be read.
     */
    everywhere: clinical.input(z.object({ pages: z.int().min(1).max(MOST_REVIEW_PAGES) })).output(
      z.object({
        answered: z.boolean(),
        older: z.boolean(),
        more: z.boolean(),
        entries: z.array(AccessEntry),
      }),
    ),
    /** Somebody else than who did it has looked, on whichever PC it was. */
    reviewed: clinical.input(z.object({ id: z.uuid() })).output(z.object({})),
    /** Patients of this PC by name or number, so that one can be chosen: the first dozen. */
    sought: clinical
      .input(z.object({ sought: z.string().trim().min(2).max(100) }))
      .output(z.array(FoundPatient)),
  },
  /** Enrolment, once for each person, online. Works while nobody is signed in. */
  enrol: {
    view: open.output(EnrolmentView),
    start: open.output(EnrolmentView),
    /** `badge`: take the card that lies on the reader. */
    finish: open
      .errors({ PIN_REFUSED: { status: 422, data: z.object({ problem: PinProblem }) } })
      .input(z.object({ pin: z.string().max(64), badge: z.boolean() }))
      .output(EnrolmentView),
    cancel: open.output(EnrolmentView),
    /**
     * In an outage, or with a forgotten PIN: the same request without the HIS's sign-in, as text that IT carries to the
     * control tool and whose signed answer comes back through `it.bring`.
     */
    request: open
      .errors({
        PIN_REFUSED: { status: 422, data: z.object({ problem: PinProblem }) },
        /** Her badge was to be in it, and none lies on the reader. */
        NO_BADGE: { status: 409 },
      })
      .input(z.object({ clinician: z.string(), pin: z.string().max(64), badge: z.boolean() }))
      .output(z.object({ text: z.string(), confirmation: z.string() })),
  },
  /** What IT does at this PC. Each needs the control key's word; none shows or changes a patient's record. */
  it: {
    keys: open.output(KeysView),
    /** Statements brought on a stick or typed, judged like those the HIS carries. */
    bring: open.input(z.object({ text: z.string().max(500_000) })).output(
      z.array(
        z.object({
          kind: z.string().nullable(),
          subject: z.string().nullable(),
          /** `accepted`, `known`, or why it was refused. */
          verdict: z.string(),
        }),
      ),
    ),
    /** A code spoken by IT for the challenge shown. `extend`: three more days. `unseal`: lifts a seal. */
    code: open
      .errors({ CODE_REFUSED: { status: 403, data: z.object({ retryAfterSeconds: z.number() }) } })
      .input(z.object({ purpose: z.enum(["extend", "unseal"]), code: z.string().max(40) }))
      .output(StatusView),
  },
  workstation: {
    view: open.output(WorkstationView),
    /** Diagnostics without PHI, as text to hand to support. */
    diagnostics: open.output(z.object({ text: z.string() })),
    /** Starts a check of the whole audit trail; `view` tells how far it is and what it found. */
    checkTrail: open.output(z.object({})),
  },
};
export type Contract = typeof contract;
