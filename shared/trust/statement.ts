import { z } from "zod";

/**
 * What the hospital's control key says. The HIS only carries statements; it can neither make nor change one.
 *
 * On the wire a statement is a compact JWS (RFC 7515): header `{"alg":"ES256","typ":"amanah-statement","kid":…}`,
 * payload a {@link StatementPayload} as JSON. In FHIR it travels as `Basic` with `code` {@link STATEMENT_SYSTEM}|kind,
 * `identifier` = `subject`, and the JWS in the extension {@link STATEMENT_JWS_URL} (`valueString`).
 */
export const STATEMENT_SYSTEM = "urn:amanah:statement";
export const STATEMENT_JWS_URL = "urn:amanah:statement:jws";
export const STATEMENT_TYP = "amanah-statement";

export const StatementKind = z.enum(["roster-entry", "revocation", "join"]);
export type StatementKind = z.infer<typeof StatementKind>;

const Instant = z.iso.datetime({ offset: true });
/** base64url without padding (RFC 4648 section 5). */
const Base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/u);

export const StatementPayload = z.object({
  v: z.literal(1),
  /** The hospital; a workstation refuses statements of another site. */
  site: z.string().min(1),
  kind: StatementKind,
  /** Whom or what it is about: a clinician's or a workstation's id. */
  subject: z.string().min(1),
  /** Strictly increasing for one kind and subject; a lower or equal number is a replay. */
  number: z.int().positive(),
  issuedAt: Instant,
  expiresAt: Instant,
  body: z.unknown(),
});
export type StatementPayload = z.infer<typeof StatementPayload>;

export const PublicEcJwk = z.object({
  kty: z.literal("EC"),
  crv: z.enum(["P-256", "P-384"]),
  x: Base64Url,
  y: Base64Url,
  kid: z.string().optional(),
});
export type PublicEcJwk = z.infer<typeof PublicEcJwk>;

export const PersonName = z.object({ en: z.string().min(1), ar: z.string().min(1) });

export const ClinicianRole = z.enum(["nurse", "doctor", "pharmacist"]);
export type ClinicianRole = z.infer<typeof ClinicianRole>;

/** Argon2id parameters: RFC 9106 names; memory in KiB. They are the site's, so that every PC can open the wrap. */
export const KdfParameters = z.object({
  name: z.literal("argon2id"),
  memoryKib: z.int().min(19_456).max(1_048_576),
  passes: z.int().min(1).max(16),
  lanes: z.int().min(1).max(16),
});
export type KdfParameters = z.infer<typeof KdfParameters>;

/**
 * A clinician's private keys, wrapped under her PIN: AES-256-GCM with the key
 * `HKDF-SHA-256(Argon2id(PIN, salt, secret = site pepper), info "amanah/v1/pin-wrap")`,
 * associated data `amanah/v1/pin-wrap|site|clinician`. Plain text: JSON of {@link PrivateKeys}.
 */
export const WrappedKeys = z.object({
  kdf: KdfParameters,
  /** 16 bytes. */
  salt: Base64Url,
  /** 12 bytes. */
  nonce: Base64Url,
  /** Ciphertext and 16-byte tag. */
  sealed: Base64Url,
});
export type WrappedKeys = z.infer<typeof WrappedKeys>;

export const PrivateKeys = z.object({
  /** X25519 private key, 32 bytes: opens her slots. */
  box: Base64Url,
  /** P-256 private scalar, 32 bytes: signs her acts. */
  sign: Base64Url,
});
export type PrivateKeys = z.infer<typeof PrivateKeys>;

/** The body of a `roster-entry` statement: everything a PC needs to let her sign in, offline, without knowing her PIN. */
export const RosterEntry = z.object({
  clinician: z.string().min(1),
  name: PersonName,
  roles: z.array(ClinicianRole).min(1),
  /** Ids of the FHIR Locations (wards) she works on. */
  wards: z.array(z.string()).min(1),
  keys: z.object({
    /** X25519 public key, 32 bytes. */
    box: Base64Url,
    sign: PublicEcJwk,
  }),
  wrapped: WrappedKeys,
  badges: z.array(z.object({ uid: z.string(), certificate: z.string().optional() })),
  validFrom: Instant,
  validTo: Instant,
});
export type RosterEntry = z.infer<typeof RosterEntry>;

/** The body of a `revocation`: nobody signs in as her from then on; her slot goes. */
export const Revocation = z.object({
  clinician: z.string().min(1),
  from: Instant,
  reason: z.string(),
});
export type Revocation = z.infer<typeof Revocation>;

/**
 * What a new PC sends with its one-time code (`POST joinUrl`), and the body of the `join` statement it gets back:
 * the site pepper, sealed (HPKE base mode, X25519/HKDF-SHA-256/AES-256-GCM, info `amanah/v1/join`) to a key made for
 * this one exchange, so that who listens on the network learns nothing.
 */
export const JoinRequest = z.object({
  code: z.string().min(8),
  workstation: z.string().min(1),
  /** P-384 public key: the PC's own signing key (HIS sign-in by `private_key_jwt`, audit heads). */
  key: PublicEcJwk,
  /** X25519 public key, 32 bytes, for this exchange only. */
  box: Base64Url,
});
export type JoinRequest = z.infer<typeof JoinRequest>;

export const Join = z.object({
  workstation: z.string().min(1),
  /** RFC 7638 thumbprint of the key joined, so that the answer cannot be moved to another PC. */
  thumbprint: z.string().min(1),
  pepper: z.object({ enc: Base64Url, sealed: Base64Url }),
});
export type Join = z.infer<typeof Join>;
