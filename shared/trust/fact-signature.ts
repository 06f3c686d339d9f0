import { z } from "zod";
import { FhirId } from "../fhir/index.ts";
import { ClinicianRole } from "./roles.ts";

/** Parts a fact's signature from anything else signed with the same keys. */
export const FACT_SIGNATURE_TYP = "amanah-fact";
/** `Signature.type` in FHIR: ASTM E1762's *Author's Signature*. */
export const AUTHORS_SIGNATURE = {
  system: "urn:iso-astm:E1762-95:2013",
  code: "1.2.840.10065.1.12.1.1",
} as const;
export const JOSE = "application/jose";

/** Who speaks: a clinician, or a clerk of the admissions desk, whom only a hospital service can vouch for. */
export const AuthorRole = z.enum([...ClinicianRole.options, "clerk"]);
export type AuthorRole = z.infer<typeof AuthorRole>;

/** SHA-256, base64url, of the RFC 8785 canonical JSON of a resource without `meta`, `text` and `id`. */
const Digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/u);

/** What was done to one resource. */
export const FactClaim = z.object({
  type: z.string().regex(/^[A-Z][A-Za-z]+$/u),
  verb: z.enum(["create", "update", "delete"]),
  /** Its id as the signer knew it; null when the HIS was yet to give one, and `identifier` names it. */
  id: FhirId.nullable(),
  /** `system|value`, one that the resource itself carries. */
  identifier: z.string().min(3).nullable(),
  /** The version it was done upon, and what that version said; null: nothing was there. */
  base: z.string().min(1).nullable(),
  before: Digest.nullable(),
  /** What it says now; null: it is gone. */
  content: Digest.nullable(),
});
export type FactClaim = z.infer<typeof FactClaim>;

/**
 * What a signature over clinical facts binds: one act of one author about one patient. It stands in the protected header of
 * a detached JWS (`header..signature`, RFC 7515 appendix F); the resources themselves are bound by digest, as JAdES does
 * (ETSI TS 119 182-1, *ObjectIdByURIHash*), so that one signature covers an act of many resources.
 */
export const FactClaims = z.object({
  v: z.literal(1),
  site: z.string().min(1),
  /** The clinical act: a uuid of its own. */
  act: z.string().min(1),
  at: z.iso.datetime({ offset: true }),
  /** Logical id of the Practitioner. */
  author: z.string().min(1),
  /** What a service vouches that she is; not believed of anybody on the roster, nor of who signs for herself. */
  roles: z.array(AuthorRole).default([]),
  /** Logical id of the Patient. */
  patient: FhirId,
  facts: z.array(FactClaim).min(1),
});
export type FactClaims = z.infer<typeof FactClaims>;
