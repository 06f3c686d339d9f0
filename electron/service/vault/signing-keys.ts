import { calculateJwkThumbprint } from "jose";
import {
  SigningKeys,
  type AuthorRole,
  type ClinicianRole,
  type SigningJwk,
} from "../../../shared/trust/index.ts";
import type { HeldStatement, ReadRoster, RosterTrust } from "./roster.ts";
import { StatementRefused, verifyStatement } from "./statement.ts";

/** Whose signing key it is. */
export type KeyHolder =
  | { readonly kind: "clinician"; readonly id: string; readonly roles: readonly ClinicianRole[] }
  | {
      readonly kind: "service";
      readonly id: string;
      readonly vouchesFor: readonly AuthorRole[];
      readonly types: readonly string[];
    };

/** A key the control key has certified, and when what it signed counts. Plain values: it travels to the chart's thread. */
export interface SigningKey {
  /** RFC 7638. */
  readonly kid: string;
  readonly jwk: SigningJwk;
  readonly holder: KeyHolder;
  /** Milliseconds since the epoch; the end is no part of it. */
  readonly from: number;
  readonly until: number;
}

const EPOCH = new Date(0);

/**
 * Every key that signs clinical facts at this site: each clinician's on the roster (of other wards too: she may have seen him
 * there) and, of held statements, each service's. Of what is revoked, what was signed before stays as good as it was.
 */
export async function readSigningKeys(
  statements: readonly HeldStatement[],
  { entries, signsUntil }: Pick<ReadRoster, "entries" | "signsUntil">,
  { controlKey, site }: Pick<RosterTrust, "controlKey" | "site">,
): Promise<readonly SigningKey[]> {
  const keys: SigningKey[] = [];
  for (const { clinician, roles, keys: own, validFrom } of entries.values()) {
    const { x, y, crv } = own.sign;
    if (crv !== "P-256") continue;
    const jwk = { kty: "EC", crv, x, y } as const;
    keys.push({
      kid: await calculateJwkThumbprint(jwk),
      jwk,
      holder: { kind: "clinician", id: clinician, roles },
      from: Date.parse(validFrom),
      until: signsUntil.get(clinician) ?? 0,
    });
  }
  for (const { kind, jws } of statements) {
    if (kind !== "signing-key") continue;
    const said = await orNull(
      verifyStatement(jws, { controlKey, site, now: EPOCH, kind, ignoreExpiry: true }),
    );
    if (said === null) continue;
    const { service: id, vouchesFor, types, keys: own } = SigningKeys.parse(said.body);
    for (const { jwk, validFrom, validTo, revokedFrom } of own) {
      const ends = [validTo, said.expiresAt, revokedFrom].flatMap((end) => end ?? []);
      keys.push({
        kid: await calculateJwkThumbprint(jwk),
        jwk,
        holder: { kind: "service", id, vouchesFor, types },
        from: Date.parse(validFrom),
        until: Math.min(...ends.map((end) => Date.parse(end))),
      });
    }
  }
  return keys;
}

/** A statement that does not verify (any more) certifies nothing. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StatementRefused) return null;
    throw error;
  }
}
