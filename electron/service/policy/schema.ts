import { z } from "zod";
import { PublicEcJwk } from "../../../shared/trust/index.ts";

/** A name that goes into associated data and file names: no bar, no slash, no blank. */
const Name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u,
    "letters, digits, dot, dash, underscore; at most 64",
  );

/** HTTPS, or HTTP to this PC itself (the demo). */
const Address = z.url().refine((text) => {
  const { protocol, hostname } = new URL(text);
  return (
    protocol === "https:" ||
    (protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname))
  );
}, "must be https (http only to this PC)");

/** A ward with the names its lock screen shows; the id alone will do, and is then the name. */
const Ward = z.preprocess(
  (written) => (typeof written === "string" ? { id: written, name: written } : written),
  z.strictObject({
    id: z.string().min(1),
    name: z.string().min(1),
    nameAr: z.string().nullable().default(null),
  }),
);

/**
 * What IT decides, with its defaults. The order of keys is the order of the reference. Everything a hospital must say
 * itself (site, addresses, keys) is null until it does, and this PC then says *not joined*.
 */
export const Policy = z.strictObject({
  /** The hospital; the same on every PC, and in every statement of the control key. */
  site: Name.nullable().default(null),
  /** This PC; null: its host name. */
  workstation: Name.nullable().default(null),
  /** The wards this PC serves: ids of FHIR Locations, with the names its lock screen shows. */
  wards: z.array(Ward).max(200).default([]),
  his: z.strictObject({ baseUrl: Address.nullable().default(null) }).prefault({}),
  trust: z
    .strictObject({
      /** P-256 public key (JWK) of the hospital's control desk. */
      controlKey: PublicEcJwk.extend({ crv: z.literal("P-256") })
        .nullable()
        .default(null),
      /** X25519 public key, base64url: unsent acts are escrowed to it. */
      recoveryKey: z
        .string()
        .regex(/^[A-Za-z0-9_-]{43}$/u, "a base64url X25519 public key has 43 characters")
        .nullable()
        .default(null),
    })
    .prefault({}),
  join: z
    .strictObject({
      url: Address.nullable().default(null),
      /** One use; the control desk forgets it afterwards. */
      code: z.string().min(8).nullable().default(null),
    })
    .prefault({}),
  session: z
    .strictObject({
      idleSeconds: z.int().min(30).max(3600).default(300),
      warningSeconds: z.int().min(0).max(60).default(15),
      /** How long after a lock a badge alone may re-open. */
      graceMinutes: z.int().min(0).max(60).default(15),
      /** How long after a lock the vault key is kept; then the PC seals. */
      hardLockMinutes: z.int().min(0).max(720).default(60),
    })
    .prefault({}),
  sync: z
    .strictObject({
      intervalSeconds: z.int().min(5).max(3600).default(15),
      /** Longer than the HIS's longest transaction, or resources are lost. */
      overlapSeconds: z.int().min(5).max(3600).default(30),
      pageSize: z.int().min(10).max(1000).default(500),
      parallel: z.int().min(1).max(16).default(4),
      acknowledgedDays: z.int().min(1).max(90).default(14),
      /** How long a discharged patient's record stays. */
      retentionHours: z.int().min(1).max(2160).default(72),
    })
    .prefault({}),
  display: z
    .strictObject({
      /** What a page shows until somebody chooses on it. */
      locale: z.enum(["en", "ar"]).default("en"),
      digits: z.enum(["latin", "arabic"]).default("latin"),
    })
    .prefault({}),
});
export type Policy = z.infer<typeof Policy>;

export const DEFAULT_POLICY: Policy = Policy.parse({});
