import type { webcrypto } from "node:crypto";
import { CompactSign, compactVerify, errors, importJWK } from "jose";
import type { z } from "zod";
import {
  Join,
  Revocation,
  RosterEntry,
  STATEMENT_TYP,
  StatementPayload,
  type PublicEcJwk,
  type StatementKind,
} from "../../../shared/trust/index.ts";
import { utf8 } from "./bytes.ts";

export type StatementRefusal =
  | "bad-signature"
  | "wrong-site"
  | "expired"
  | "not-yet"
  | "malformed"
  | "wrong-kind";

/** A statement that is not obeyed, with the reason in one word. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";
  readonly reason: StatementRefusal;
  constructor(reason: StatementRefusal, options?: ErrorOptions) {
    super(`statement refused: ${reason}`, options);
    this.reason = reason;
  }
}

/** A statement that reaches the size of a photograph is not one. */
const MAX_BYTES = 64 * 1024;
/** How far the control desk's clock may be ahead of this PC's. */
const SKEW_MS = 5 * 60_000;

const bodies: Record<StatementKind, z.ZodType> = {
  "roster-entry": RosterEntry,
  revocation: Revocation,
  join: Join,
};

/** Signs a statement with the hospital's control key (ECDSA P-256). The control desk does this, never a workstation. */
export async function signStatement(
  payload: StatementPayload,
  privateKey: webcrypto.CryptoKey,
  kid: string,
): Promise<string> {
  const checked = StatementPayload.parse(payload);
  return new CompactSign(utf8(JSON.stringify(checked)))
    .setProtectedHeader({ alg: "ES256", typ: STATEMENT_TYP, kid })
    .sign(privateKey);
}

/**
 * Believes a statement only if the pinned control key signed it for this site, it is in force now, and its body is what
 * its kind says, about its own subject.
 * @param options.ignoreExpiry for what was accepted in time and stays in force for ever (a revocation).
 * @throws {@link StatementRefused}
 */
export async function verifyStatement(
  jws: string,
  options: {
    readonly controlKey: PublicEcJwk;
    readonly site: string;
    readonly now: Date;
    readonly kind?: StatementKind;
    readonly ignoreExpiry?: boolean;
  },
): Promise<StatementPayload> {
  if (jws.length > MAX_BYTES) throw new StatementRefused("malformed");
  const payload = await verifiedPayload(jws, options.controlKey);
  if (options.kind !== undefined && payload.kind !== options.kind)
    throw new StatementRefused("wrong-kind");
  if (payload.site !== options.site) throw new StatementRefused("wrong-site");
  const now = options.now.getTime();
  if (options.ignoreExpiry !== true) {
    if (Date.parse(payload.issuedAt) > now + SKEW_MS) throw new StatementRefused("not-yet");
    if (Date.parse(payload.expiresAt) <= now) throw new StatementRefused("expired");
  }
  const body = bodies[payload.kind].safeParse(payload.body);
  if (!body.success || subjectOf(payload.kind, body.data) !== payload.subject)
    throw new StatementRefused("malformed");
  return { ...payload, body: body.data };
}

async function verifiedPayload(jws: string, controlKey: PublicEcJwk): Promise<StatementPayload> {
  try {
    // SECURITY: the algorithm is ours, never the header's (RFC 8725 section 3.1).
    const { kty, crv, x, y } = controlKey;
    const key = await importJWK({ kty, crv, x, y }, "ES256");
    const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ["ES256"] });
    if (protectedHeader.typ !== STATEMENT_TYP) throw new StatementRefused("wrong-kind");
    return StatementPayload.parse(JSON.parse(new TextDecoder().decode(payload)));
  } catch (error) {
    if (error instanceof StatementRefused) throw error;
    const forged =
      error instanceof errors.JWSSignatureVerificationFailed ||
      error instanceof errors.JOSEAlgNotAllowed;
    throw new StatementRefused(forged ? "bad-signature" : "malformed", { cause: error });
  }
}

function subjectOf(kind: StatementKind, body: unknown): string {
  if (kind === "join") return Join.parse(body).workstation;
  return (kind === "revocation" ? Revocation : RosterEntry).parse(body).clinician;
}
