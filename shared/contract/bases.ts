import { oc } from "@orpc/contract";
import { z } from "zod";

/** Whoever stands at the PC, signed in or not. */
export const open = oc.errors({
  /** The service could not do it for a reason of this PC: what happened, what was kept, what to do. */
  UNAVAILABLE: {
    status: 503,
    data: z.object({
      what: z.enum(["keychain", "disk-full", "damaged", "stopping", "policy", "not-joined"]),
      detail: z.string(),
    }),
  },
});

/** Whoever is signed in, and only while she is. */
export const clinical = open.errors({
  LOCKED: { status: 423, data: z.object({ state: z.enum(["sealed", "locked"]) }) },
  /** Not in this PC's cache, or not of this clinician's wards. */
  NOT_FOUND: { status: 404 },
  /** Not for this role, or not in an emergency access: which of both, and nothing was changed. */
  FORBIDDEN: { status: 403, data: z.object({ why: z.enum(["role", "emergency"]) }) },
});

/** A patient outside her remit: an override with a reason opens. */
export const ofPatient = clinical.errors({ OUTSIDE_REMIT: { status: 403 } });

/** Whoever types a PIN. */
export const pinErrors = {
  WRONG_PIN: {
    status: 401,
    data: z.object({ attempts: z.int(), retryAfterSeconds: z.number() }),
  },
} as const;

/** A free text that goes into the trail of accesses. */
export const Reason = z.string().trim().min(4).max(500);
