import type { webcrypto } from "node:crypto";
import { CompactSign, compactVerify, errors, importJWK } from "jose";
import {
  STATEMENT_TYP,
  StatementPayload,
  type PublicEcJwk,
  type StatementKind,
} from "../../../shared/trust/index.ts";
import { utf8 } from "./bytes.ts";
import { hasBegun, isOver, type When } from "./moment.ts";
import { STATEMENT_KINDS } from "./statement-kinds.ts";

export type StatementRefusal =
  | "bad-signature"
  | "wrong-site"
  | "expired"
  | "not-yet"
  | "malformed"
  | "wrong-kind";

export type StatementClaim = Pick<StatementPayload, "kind" | "subject">;

/** A statement that is not obeyed, with the reason in one word. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";
  readonly reason: StatementRefusal;
  /** What it says it is, once the control key's signature was found good; else null. */
  readonly claim: StatementClaim | null;
  constructor(
    reason: StatementRefusal,
    claim: StatementClaim | null = null,
    options?: ErrorOptions,
  ) {
    super(`statement refused: ${reason}`, options);
    this.reason = reason;
    this.claim = claim;
  }
}

/** A statement that reaches the size of a photograph is not one. */
const MAX_BYTES = 64 * 1024;
/** How far the control desk's clock may be ahead of this PC's. */
const SKEW_MS = 5 * 60_000;

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
 * @param options.ignoreExpiry for what was accepted in time and is read again; `STATEMENT_KINDS` says what then holds.
 * @throws {@link StatementRefused}
 */
export async function verifyStatement(
  jws: string,
  options: {
    readonly controlKey: PublicEcJwk;
    readonly site: string;
    readonly now: When;
    readonly kind?: StatementKind;
    readonly ignoreExpiry?: boolean;
  },
): Promise<StatementPayload> {
  if (jws.length > MAX_BYTES) throw new StatementRefused("malformed");
  const payload = await verifiedPayload(jws, options.controlKey);
  const { kind, subject, site, issuedAt, expiresAt } = payload;
  const refused = (reason: StatementRefusal): StatementRefused =>
    new StatementRefused(reason, { kind, subject });
  if (options.kind !== undefined && kind !== options.kind) throw refused("wrong-kind");
  if (site !== options.site) throw refused("wrong-site");
  if (options.ignoreExpiry !== true) {
    if (!hasBegun(issuedAt, options.now, SKEW_MS)) throw refused("not-yet");
    if (isOver(expiresAt, options.now)) throw refused("expired");
  }
  const rule = STATEMENT_KINDS[kind];
  const body = rule.body.safeParse(payload.body);
  if (!body.success || rule.subject(body.data, site) !== subject) throw refused("malformed");
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
    throw new StatementRefused(forged ? "bad-signature" : "malformed", null, {
      cause: error,
    });
  }
}
