import type { z } from "zod";
import {
  Envelope,
  Extension,
  HisTrust,
  Join,
  KnowledgePack,
  Revocation,
  RosterEntry,
  Rotation,
  Seal,
  SigningKeys,
  Wipe,
  type StatementKind,
} from "../../../shared/trust/index.ts";

/** What is particular to a kind of statement, told of a body that was checked. */
export interface KindOfStatement {
  readonly body: z.ZodType;
  /** Whom its body speaks of; the statement's `subject` must say the same. Null: a body nobody may sign. */
  subject(body: unknown, site: string): string | null;
  /** The only PC it means; null: every PC that serves its people, its ward or its site. */
  pc(body: unknown): string | null;
  /** What becomes of one that was accepted in time once its expiry has passed. */
  readonly afterExpiry: "stays" | "lapses";
  /** Why so: an HIS that withholds what follows must gain nothing by it. */
  readonly because: string;
}

/** The holder of an envelope's slot; no clinician may be called so. */
export const ENVELOPE_HOLDER = "envelope:";

function kind<T>(
  schema: z.ZodType<T>,
  rule: {
    subject(body: T, site: string): string | null;
    pc?(body: T): string | null;
    readonly afterExpiry: "stays" | "lapses";
    readonly because: string;
  },
): KindOfStatement {
  return {
    body: schema,
    subject: (body, site) => rule.subject(schema.parse(body), site),
    pc: (body) => rule.pc?.(schema.parse(body)) ?? null,
    afterExpiry: rule.afterExpiry,
    because: rule.because,
  };
}

/** The one table of what each kind of statement is. */
export const STATEMENT_KINDS: Readonly<Record<StatementKind, KindOfStatement>> = {
  "roster-entry": kind(RosterEntry, {
    subject: ({ clinician }) => personal(clinician),
    afterExpiry: "lapses",
    because:
      "who is not confirmed again in time signs in no more: withholding a revocation gains only days",
  }),
  revocation: kind(Revocation, {
    subject: ({ clinician }) => personal(clinician),
    afterExpiry: "stays",
    because: "waiting must not bring back who was sent away; only a later entry does",
  }),
  join: kind(Join, {
    subject: ({ workstation }) => workstation,
    pc: ({ workstation }) => workstation,
    afterExpiry: "lapses",
    because: "it answers one exchange, and what it brought is in the keychain by then",
  }),
  wipe: kind(Wipe, {
    subject: ({ workstation }) => workstation,
    pc: ({ workstation }) => workstation,
    afterExpiry: "stays",
    because:
      "a PC that accepted it and was switched off in time still destroys its keys at its next start",
  }),
  seal: kind(Seal, {
    subject: ({ workstation }, site) => workstation ?? site,
    pc: ({ workstation }) => workstation,
    afterExpiry: "stays",
    because:
      "waiting must not open what IT has closed; lifting it stays too, or waiting would close a ward",
  }),
  extension: kind(Extension, {
    subject: ({ workstation }, site) => workstation ?? site,
    pc: ({ workstation }) => workstation,
    afterExpiry: "lapses",
    because: "it is a permission for a time; the limit it moved counts again",
  }),
  "his-trust": kind(HisTrust, {
    subject: (_body, site) => site,
    afterExpiry: "stays",
    because: "an HIS that is not to be believed must not be believed again because time went by",
  }),
  envelope: kind(Envelope, {
    subject: ({ id }) => id,
    afterExpiry: "lapses",
    because: "a code that lay about too long opens nothing",
  }),
  rotation: kind(Rotation, {
    subject: ({ workstation }, site) => workstation ?? site,
    pc: ({ workstation }) => workstation,
    afterExpiry: "stays",
    because: "an order to make new keys holds until it is done, however long nobody signs in",
  }),
  "knowledge-pack": kind(KnowledgePack, {
    subject: (_body, site) => site,
    afterExpiry: "stays",
    because: "an old pack still stops what it knows of, and the screens say that it is old",
  }),
  "signing-key": kind(SigningKeys, {
    subject: ({ service }) => personal(service),
    afterExpiry: "lapses",
    because:
      "withholding a revocation must gain only days; what was signed before stays as good as it was",
  }),
};

/** SECURITY: a clinician named like an envelope would share its slot; one with a bar, another's wrap. */
function personal(clinician: string): string | null {
  return clinician.startsWith(ENVELOPE_HOLDER) || clinician.includes("|") ? null : clinician;
}
