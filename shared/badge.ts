import { z } from "zod";

/**
 * What the badge process and the service say to each other. The shell forks the badge process and joins the two by a
 * port of their own; nobody else reads along. Checked on both sides.
 */

/** Base64 (RFC 4648 section 4), as certificates and signatures travel here. */
const Base64 = z.base64();

/** Why a card is no longer believed to be there. All of them lock. */
export const BadgeGone = z.enum(["removed", "reader-lost", "service-lost", "hung"]);
export type BadgeGone = z.infer<typeof BadgeGone>;

/** Whether a removal would be seen at all: a session that was opened by a badge is locked when it would not. */
export const BadgeWatch = z.enum(["no-service", "no-reader", "watching"]);
export type BadgeWatch = z.infer<typeof BadgeWatch>;

export const FromBadge = z.discriminatedUnion("kind", [
  /** At the start and whenever it changes; `readers` are names as PC/SC gives them. */
  z.object({ kind: z.literal("watch"), state: BadgeWatch, readers: z.array(z.string()) }),
  z.object({
    kind: z.literal("card-in"),
    reader: z.string(),
    /** Never used twice in the life of this process: a swapped card is another presence. */
    presence: z.int().positive(),
    /** Lower-case hex of the contactless UID (FF CA 00 00 00); null where the card or reader gives none. It can be cloned. */
    uid: z
      .string()
      .regex(/^[0-9a-f]{2,64}$/u)
      .nullable(),
    /** The card answers as a PIV card (NIST SP 800-73-4) and holds a card-authentication certificate. */
    piv: z.boolean(),
  }),
  z.object({
    kind: z.literal("card-out"),
    reader: z.string(),
    presence: z.int().positive(),
    why: BadgeGone,
    /** Milliseconds of the machine's monotonic clock (`process.hrtime`) when `SCardGetStatusChange` returned. */
    at: z.number(),
  }),
  /** The answer to `prove`. The certificate is what the card holds; who may trust it is the service's business. */
  z.object({
    kind: z.literal("proof"),
    id: z.int().positive(),
    presence: z.int().positive(),
    /** DER of the PIV card-authentication certificate (slot 9E, object 5FC101). */
    certificate: Base64,
    /** Over the challenge: ECDSA in DER (ES256, ES384) or RSASSA-PKCS1-v1_5 (RS256). */
    signature: Base64,
    algorithm: z.enum(["ES256", "ES384", "RS256"]),
  }),
  z.object({
    kind: z.literal("no-proof"),
    id: z.int().positive(),
    why: z.enum(["gone", "not-piv", "refused", "timeout"]),
  }),
]);
export type FromBadge = z.infer<typeof FromBadge>;

/**
 * A removal must find its check made: Zod compiles that of each kind of message when the first one comes, a millisecond and more
 * in either process while a screen is to go dark. To be called where such messages are checked, before any can come.
 */
export function readyForRemovals(): void {
  FromBadge.parse({ kind: "card-out", reader: "", presence: 1, why: "removed", at: 0 });
}

export const ToBadge = z.discriminatedUnion("kind", [
  /** Have the card sign a fresh challenge (32 random bytes) with its card-authentication key, which needs no PIN. */
  z.object({
    kind: z.literal("prove"),
    id: z.int().positive(),
    presence: z.int().positive(),
    challenge: Base64,
  }),
  z.object({ kind: z.literal("stop") }),
]);
export type ToBadge = z.infer<typeof ToBadge>;
