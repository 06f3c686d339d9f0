import type { KeyObject } from "node:crypto";
import type { AuthorRole, FactClaim, FactClaims } from "../../../../shared/trust/index.ts";
import { GUARDED_TYPES } from "../../../../shared/fhir/index.ts";
import type { FhirResource } from "../../../../shared/fhir/index.ts";
import { isSignedBy, readFactSignature, verifierOf } from "../../vault/index.ts";
import type { Revoked, SigningKey } from "../../vault/index.ts";
import type { AcceptedFact, IncomingFact, Signature, SignedWith } from "../fact.ts";
import { kindOf } from "../rules/change.ts";
import { isEntitled } from "../rules/table.ts";
import { digestOf, identifiersOf } from "./digest.ts";

/** One fact of a signature that was found good, and as whom its author speaks for that type. */
export interface Proof {
  readonly claims: Omit<FactClaims, "facts">;
  readonly fact: FactClaim;
  readonly roles: readonly AuthorRole[];
  /** The key that signed, RFC 7638. */
  readonly kid: string;
}

/** Whose signatures count at this site. */
export interface SigningTrust {
  readonly site: string;
  readonly keys: readonly SigningKey[];
  /** Who was revoked, and what in her name counts for nothing therefore. */
  readonly revoked: readonly Revoked[];
}

/** How far a signer's clock may be ahead of this PC's. */
const SKEW_MS = 5 * 60_000;

const GUARDED: ReadonlySet<string> = new Set(GUARDED_TYPES);

/** Verifies signatures against the certified keys. */
export interface Prover {
  /** What a signature proves at this moment; empty when it is not good, of no known key, or of a time its key did not sign at. */
  prove(jws: string, now: number): readonly Proof[];
}

export function createProver({ site, keys, revoked }: SigningTrust): Prover {
  const wasRevoked = revokedAt(revoked);
  const known = new Map<string, { readonly key: SigningKey; readonly verifier: KeyObject }>();
  const people = new Map<string, SigningKey>();
  for (const key of keys) {
    if (key.holder.kind === "clinician") people.set(key.holder.id, key);
    try {
      known.set(key.kid, { key, verifier: verifierOf(key.jwk) });
    } catch {
      // Certified, and no point of its curve: it has signed nothing.
    }
  }

  /** SECURITY: a service says as whom somebody acts; of who is on the roster the roster alone says it. */
  function rolesOf(key: SigningKey, claims: FactClaims, type: string): readonly AuthorRole[] {
    const { holder } = key;
    if (holder.kind === "clinician") return holder.id === claims.author ? holder.roles : [];
    if (!holder.types.includes(type)) return [];
    const person = people.get(claims.author);
    const hers =
      person === undefined
        ? claims.roles
        : person.holder.kind === "clinician" && isInForce(person, claims.at)
          ? person.holder.roles
          : [];
    return hers.filter((role) => holder.vouchesFor.includes(role));
  }

  return {
    prove(jws, now) {
      const read = readFactSignature(jws);
      const held = read === null ? undefined : known.get(read.kid);
      if (read === null || held === undefined) return [];
      const { facts, ...claims } = read.claims;
      // SECURITY: what is dated ahead would make every later change look older.
      if (claims.site !== site || !isInForce(held.key, claims.at)) return [];
      // SECURITY: the key she has today may be the one that was stolen; and the HIS may speak for her.
      if (wasRevoked(claims.author, claims.at)) return [];
      if (Date.parse(claims.at) > now + SKEW_MS) return [];
      // Of what nothing guards a signature changes nothing: a HIS may sign its laboratory results too.
      if (!facts.some(({ type }) => GUARDED.has(type))) return [];
      if (!isSignedBy(read, held.key.jwk, held.verifier)) return [];
      return facts.map((fact) => ({
        claims,
        fact,
        roles: rolesOf(held.key, read.claims, fact.type),
        kid: read.kid,
      }));
    },
  };
}

/** Whether what is dated `at` in a clinician's name counts for nothing, because she was revoked as of before. */
export function revokedAt(revoked: readonly Revoked[]): (clinician: string, at: string) => boolean {
  return (clinician, at) => {
    const moment = Date.parse(at);
    return revoked.some(
      (one) => one.clinician === clinician && moment >= one.from && moment < one.until,
    );
  };
}

function isInForce({ from, until }: SigningKey, at: string): boolean {
  const moment = Date.parse(at);
  return moment >= from && moment < until;
}

/**
 * The signature of exactly this version or removal among what was proven of the same resource; null: there is none, or
 * something was signed of it later, so that what comes is an older state put back.
 */
export function signatureOf(
  incoming: IncomingFact,
  previous: AcceptedFact | null,
  proofs: readonly Proof[],
): Signature | null {
  if (proofs.length === 0) return null;
  const last = "gone" in incoming ? incoming.last : incoming.resource;
  const names = identifiersOf(last);
  const own = proofs.filter(
    ({ fact, roles }) => roles.length > 0 && isAbout(fact, last, names, previous),
  );
  const digest = "gone" in incoming ? null : digestOf(incoming.resource);
  if (!("gone" in incoming) && digest === null) return null;
  const newest = own.reduce<Proof | null>(
    (best, one) => (best === null || signedAt(one) > signedAt(best) ? one : best),
    null,
  );
  if (newest === null) return null;
  const { claims, fact, roles } = newest;
  if (fact.content !== digest || (fact.verb === "delete") !== "gone" in incoming) return null;
  // SECURITY: what names another patient, or names this one and was signed for another, was not signed.
  if (claims.patient !== incoming.patient) return null;
  const kind = kindOf(previous?.resource ?? null, last);
  const chain = own.filter((one) => isEntitled(one.roles, kind, "takes"));
  const { author, at } = claims;
  return {
    author,
    roles,
    at,
    kid: newest.kid,
    over: fact.before,
    base: fact.base,
    basis: basisOf(newest, chain),
  };
}

/** Its logical identity: the id it has at the HIS, or, where the signer could not know that yet, an identifier of its own. */
function isAbout(
  fact: FactClaim,
  { resourceType, id }: FhirResource,
  names: ReadonlySet<string>,
  previous: AcceptedFact | null,
): boolean {
  if (fact.type !== resourceType) return false;
  if (fact.id !== null) return fact.id === id;
  if (fact.identifier === null || !names.has(fact.identifier)) return false;
  // SECURITY: what was signed as new is never a change of something else that was there.
  return previous === null || identifiersOf(previous.resource).has(fact.identifier);
}

/**
 * SECURITY: she signs what the HIS shows her. Had somebody changed that unsigned before, her signature would carry his
 * change in: so what she had before her must be what is in force here, or lead back to it by others' good signatures.
 */
function basisOf(newest: Proof, chain: readonly Proof[]): Signature["basis"] {
  const basis = new Map<string, readonly SignedWith[]>();
  const open: { readonly digest: string | null; readonly by: readonly SignedWith[] }[] = [
    { digest: newest.fact.before, by: [] },
  ];
  // The shortest way counts.
  for (const { digest, by } of open) {
    if (digest === null || basis.has(digest)) continue;
    basis.set(digest, by);
    for (const { fact, kid, claims } of chain)
      if (fact.content === digest)
        open.push({ digest: fact.before, by: [...by, { kid, by: claims.author, at: claims.at }] });
  }
  return basis;
}

function signedAt({ claims }: Proof): number {
  return Date.parse(claims.at);
}
