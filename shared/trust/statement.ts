import { z } from "zod";
import { AuthorRole } from "./fact-signature.ts";
import { ClinicianRole } from "./roles.ts";

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

export const StatementKind = z.enum([
  "roster-entry",
  "revocation",
  "join",
  /** Destroys the keys of one PC. */
  "wipe",
  /** Seals a PC, or lifts that again. */
  "seal",
  /** Moves the offline limit. */
  "extension",
  /** Whether the HIS is to be believed. */
  "his-trust",
  /** The ward's envelope with its emergency code. */
  "envelope",
  /** New keys for a PC. */
  "rotation",
  /** What the drug-allergy check looks things up in. */
  "knowledge-pack",
  /** The keys with which a service of the hospital signs what its users change. */
  "signing-key",
]);
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

export const PublicRsaJwk = z.object({
  kty: z.literal("RSA"),
  n: Base64Url,
  e: Base64Url,
  kid: z.string().optional(),
});
export const WorkstationPublicKey = z.union([PublicEcJwk, PublicRsaJwk]);
export type WorkstationPublicKey = z.infer<typeof WorkstationPublicKey>;

export const PersonName = z.object({ en: z.string().min(1), ar: z.string().min(1) });

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

/** A badge of hers. The UID names her (it can be cloned); the certificate, if there is one, lets the card prove itself. */
export const Badge = z.object({
  /** Lower-case hex. */
  uid: z.string().regex(/^[0-9a-f]{2,64}$/u),
  /** Base64 DER of the card's PIV card-authentication certificate. */
  certificate: z.base64().optional(),
  /** What a keyboard-wedge reader types for it, when that is not the UID. */
  wedge: z.string().min(4).max(64).optional(),
});
export type Badge = z.infer<typeof Badge>;

export const ClinicianPublicKeys = z.object({
  /** X25519 public key, 32 bytes. */
  box: Base64Url,
  sign: PublicEcJwk,
});

/** The body of a `roster-entry` statement: everything a PC needs to let her sign in, offline, without knowing her PIN. */
export const RosterEntry = z.object({
  clinician: z.string().min(1),
  name: PersonName,
  roles: z.array(ClinicianRole).min(1),
  /** Ids of the FHIR Locations (wards) she works on. */
  wards: z.array(z.string()).min(1),
  keys: ClinicianPublicKeys,
  wrapped: WrappedKeys,
  badges: z.array(Badge),
  /** Only its month and day, `MM-DD`, never the year: a PIN made of it is refused. Absent: not known to the desk. */
  birthday: z
    .string()
    .regex(/^\d{2}-\d{2}$/u)
    .optional(),
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
 * The body of a `wipe`: this PC pushes or escrows what is unsent, then destroys its keys and files. `id` is never used
 * twice, so that a PC that was wiped and joined anew is not wiped by the same words again.
 */
export const Wipe = z.object({ workstation: z.string().min(1), id: z.uuid(), reason: z.string() });
export type Wipe = z.infer<typeof Wipe>;

/** Which PCs a statement means: one of them, or (null) all of the site; `subject` is then the site. */
const Where = z.string().min(1).nullable();

/** The body of a `seal`: while the last one says `sealed`, nobody signs in. Nothing is destroyed. */
export const Seal = z.object({ workstation: Where, sealed: z.boolean(), reason: z.string() });
export type Seal = z.infer<typeof Seal>;

/** The body of an `extension`: the offline limit does not seal before `until`. */
export const Extension = z.object({ workstation: Where, until: Instant });
export type Extension = z.infer<typeof Extension>;

/** The body of a `his-trust`: from `since` on nothing the HIS says is pulled or applied, until a later one trusts it again. */
export const HisTrust = z.object({ trusted: z.boolean(), since: Instant, reason: z.string() });
export type HisTrust = z.infer<typeof HisTrust>;

/**
 * The body of an `envelope`: the ward's sealed envelope holds a code of at least 80 bits; a PC gives it a slot like a
 * clinician's and lets it in once. `wrapped` is an X25519 private key under
 * `HKDF-SHA-256(code, salt, info "amanah/v1/envelope")`, AES-256-GCM, associated data `amanah/v1/envelope|site|id`.
 */
export const Envelope = z.object({
  id: z.string().min(1),
  ward: z.string().min(1),
  /** X25519 public key, 32 bytes. */
  box: Base64Url,
  wrapped: z.object({ salt: Base64Url, nonce: Base64Url, sealed: Base64Url }),
  validTo: Instant,
});
export type Envelope = z.infer<typeof Envelope>;

/** The body of a `rotation`: which keys a PC makes new at its next chance. */
export const Rotation = z.object({
  workstation: Where,
  id: z.uuid(),
  keys: z.array(z.enum(["device", "vault", "workstation"])).min(1),
});
export type Rotation = z.infer<typeof Rotation>;

/**
 * The body of a `knowledge-pack`: a FHIR R4 Bundle (`shared/clinical/drug-allergy/pack.ts` says of what), as JSON, raw
 * deflate (RFC 1951), so that it fits a statement. Good until the statement expires; what it knows then still counts.
 */
export const KnowledgePack = z.object({
  version: z.string().min(1).max(64),
  title: z.string().min(1).max(200),
  deflated: Base64Url,
});
export type KnowledgePack = z.infer<typeof KnowledgePack>;

/** A key that signs clinical facts: P-256 (ES256) or Ed25519 (EdDSA, RFC 8037). */
export const SigningJwk = z.union([
  z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: Base64Url, y: Base64Url }),
  z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: Base64Url }),
]);
export type SigningJwk = z.infer<typeof SigningJwk>;

/**
 * The body of a `signing-key`: with these keys a service of the hospital (the HIS itself, an interface) vouches for what its
 * users change. A later statement names all keys again: the next one beside the old while it is changed, and from when on
 * one that was lost signs nothing.
 */
export const SigningKeys = z.object({
  service: z.string().min(1),
  /** As whom it may let people speak; an interface that only admits patients: clerks. */
  vouchesFor: z.array(AuthorRole).min(1),
  /** Resource types it may sign. */
  types: z.array(z.string().min(1)).min(1),
  keys: z
    .array(
      z.object({
        jwk: SigningJwk,
        validFrom: Instant,
        validTo: Instant,
        revokedFrom: Instant.nullable(),
      }),
    )
    .min(1),
});
export type SigningKeys = z.infer<typeof SigningKeys>;

/**
 * A changed PIN: the same keys under a new wrap, said by the clinician herself. On the wire a compact JWS (ES256) made with
 * her signing key, header `typ` {@link PIN_CHANGE_TYP}; it travels in FHIR like a statement, with the code `pin-change`.
 * `box` is the public key of the entry it belongs to: a new enrolment voids it.
 */
export const PIN_CHANGE_TYP = "amanah-pin-change";
export const PinChange = z.object({
  v: z.literal(1),
  site: z.string().min(1),
  clinician: z.string().min(1),
  box: Base64Url,
  /** Strictly increasing for one clinician and `box`. */
  number: z.int().positive(),
  at: Instant,
  wrapped: WrappedKeys,
});
export type PinChange = z.infer<typeof PinChange>;

/**
 * What a PC asks the hospital's enrolment desk to put on the roster: made at the enrolment screen by the person whom the
 * HIS's sign-in named. The desk (which holds the control key) decides; `confirmation` is what both sides show.
 */
export const EnrolmentRequest = z.object({
  v: z.literal(1),
  site: z.string().min(1),
  workstation: z.string().min(1),
  id: z.uuid(),
  clinician: z.string().min(1),
  keys: ClinicianPublicKeys,
  wrapped: WrappedKeys,
  badges: z.array(Badge),
  /** The id token of the HIS's sign-in (OpenID Connect), as proof of who sat there; null when IT vouches in an outage. */
  idToken: z.string().nullable(),
  at: Instant,
});
export type EnrolmentRequest = z.infer<typeof EnrolmentRequest>;

/**
 * What a new PC sends with its one-time code (`POST joinUrl`), and the body of the `join` statement it gets back:
 * the site pepper, sealed (HPKE base mode, X25519/HKDF-SHA-256/AES-256-GCM, info `amanah/v1/join`) to a key made for
 * this one exchange, so that who listens on the network learns nothing.
 */
export const JoinRequest = z.object({
  /** One-time code; null when a device certificate speaks for the PC. */
  code: z.string().min(8).nullable(),
  /**
   * PEM chain of the certificate that IT's PKI gave this PC, and a compact JWS (ES256, ES384 or RS256) with its key over
   * the RFC 8785 canonical JSON of this request without `device`.
   */
  device: z.object({ chain: z.string().min(1), proof: z.string().min(1) }).optional(),
  workstation: z.string().min(1),
  /** The PC's own signing key (HIS sign-in by `private_key_jwt`, audit heads): P-384, or RSA where the HIS takes only RS384. */
  key: WorkstationPublicKey,
  /** X25519 public key, 32 bytes, for this exchange only. */
  box: Base64Url,
});
export type JoinRequest = z.infer<typeof JoinRequest>;

/**
 * A workstation's next signing key, said with the one it has. On the wire a compact JWS (ES384 or RS384, as the key is)
 * with the header `typ` {@link KEY_ROTATION_TYP} and the RFC 7638 thumbprint of the signing key as `kid`; it is sent as
 * `{"request": …}` to `rotate-key` beside the join address. From then on the HIS takes either key, until the next one
 * has been used once.
 */
export const KEY_ROTATION_TYP = "amanah-key-rotation";
export const KeyRotationRequest = z.object({
  v: z.literal(1),
  site: z.string().min(1),
  workstation: z.string().min(1),
  at: Instant,
  key: WorkstationPublicKey,
});
export type KeyRotationRequest = z.infer<typeof KeyRotationRequest>;

export const Join = z.object({
  workstation: z.string().min(1),
  /** RFC 7638 thumbprint of the key joined, so that the answer cannot be moved to another PC. */
  thumbprint: z.string().min(1),
  pepper: z.object({ enc: Base64Url, sealed: Base64Url }),
  /**
   * 32 bytes of this PC's own, sealed like the pepper (info `amanah/v1/join-it`): IT's spoken codes are made with it,
   * `HMAC-SHA-256(seed, "amanah/v1/it-code|site|workstation|purpose|challenge")`, the first 80 bits in Crockford base32.
   */
  it: z.object({ enc: Base64Url, sealed: Base64Url }).optional(),
});
export type Join = z.infer<typeof Join>;
