import { z } from "zod";
import { HoldReason } from "../../../shared/contract/index.ts";
import { GUARDED_TYPES } from "../../../shared/fhir/index.ts";
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

/** From when on a kind of record is no longer new, and from when on it is old; minutes of the HIS's time. */
function ages(ageing: number, stale: number) {
  return z
    .strictObject({
      ageingMinutes: z.int().min(1).max(10_080).default(ageing),
      staleMinutes: z.int().min(1).max(10_080).default(stale),
    })
    .refine(
      ({ ageingMinutes, staleMinutes }) => ageingMinutes <= staleMinutes,
      "ageingMinutes must not be more than staleMinutes",
    )
    .prefault({});
}

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
  his: z
    .strictObject({
      baseUrl: Address.nullable().default(null),
      /** File with the hospital's CA certificates (PEM); null: the system's. There is no way to ignore a bad certificate. */
      caFile: z.string().min(1).nullable().default(null),
      /** How this PC signs in: ES384, or RS384 where the HIS takes no elliptic curves. A change makes a new key. */
      signInAlgorithm: z.enum(["ES384", "RS384"]).default("ES384"),
      /** This app's client id for people's sign-in (SMART App Launch); null: nobody enrols here. */
      appClientId: z.string().min(1).nullable().default(null),
    })
    .prefault({}),
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
      /** PEM files of the certificate IT's PKI gave this PC, and of its key: they speak for it instead of a code. */
      certificateFile: z.string().min(1).nullable().default(null),
      keyFile: z.string().min(1).nullable().default(null),
      /** Where enrolment requests go; null: nobody enrols here. */
      enrolUrl: Address.nullable().default(null),
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
      /** `required`: nobody signs in, and nothing stays open, without her badge on the reader. */
      badge: z.enum(["off", "optional", "required"]).default("off"),
      /** A keyboard-wedge reader is in use: a tap names, and locks. */
      wedge: z.boolean().default(false),
      emergencyMinutes: z.int().min(5).max(120).default(30),
      /** The window is black in screenshots and screen sharing, where the OS can do that. */
      contentProtection: z.boolean().default(true),
    })
    .prefault({}),
  offline: z
    .strictObject({
      /** Hours without an authenticated answer of the HIS after which this PC seals; null: never. */
      limitHours: z.int().min(24).max(8760).nullable().default(336),
      warnHours: z.int().min(1).max(168).default(24),
    })
    .prefault({}),
  sync: z
    .strictObject({
      /** Every PC asks that often: under 5 is for trials with a few of them. */
      intervalSeconds: z.int().min(1).max(3600).default(15),
      /** Longer than the HIS's longest transaction, or resources are lost. */
      overlapSeconds: z.int().min(5).max(3600).default(30),
      pageSize: z.int().min(10).max(1000).default(500),
      parallel: z.int().min(1).max(16).default(4),
      acknowledgedDays: z.int().min(1).max(90).default(14),
      /** How long a discharged patient's record stays. */
      retentionHours: z.int().min(1).max(2160).default(72),
      /** How far this PC's clock may be from the HIS's before everybody at it is told. */
      skewWarnSeconds: z.int().min(5).max(3600).default(60),
    })
    .prefault({}),
  /**
   * CLINICAL: how long a record may be shown as it is. What changes by the hour and decides a dose ages first; a hospital's
   * clinical safety officer sets these.
   */
  freshness: z
    .strictObject({
      ward: ages(5, 30),
      allergies: ages(10, 60),
      medicines: ages(5, 30),
      vitals: ages(5, 30),
      results: ages(10, 60),
      problems: ages(60, 720),
      notes: ages(30, 240),
    })
    .prefault({}),
  guard: z
    .strictObject({
      /**
       * CLINICAL: whether the HIS signs what its users change. False: the screens say once that nothing it says is verified,
       * instead of at every record. What is held is the same either way.
       */
      hisSigns: z.boolean().default(true),
      /**
       * CLINICAL: held changes that two clinicians must decide the same way: type × change (`any`, or a reason as the screens
       * name it), `onlySevere` where it is for severe allergies alone. Empty: one decides.
       */
      twoClinicians: z
        .array(
          z.strictObject({
            type: z.enum(GUARDED_TYPES),
            change: z.union([HoldReason, z.literal("any")]).default("any"),
            onlySevere: z.boolean().default(false),
          }),
        )
        .max(100)
        .default([]),
    })
    .prefault({}),
  privacy: z
    .strictObject({
      /** More different patients than this, opened by one person within `withinMinutes`, are marked as unusual reading. */
      manyPatients: z.int().min(2).max(500).default(25),
      /** The same for those who are not hers: opened by override or emergency access. */
      manyOutside: z.int().min(1).max(500).default(5),
      withinMinutes: z.int().min(1).max(240).default(10),
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
