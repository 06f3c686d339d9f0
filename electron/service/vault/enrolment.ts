import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { EnrolmentRequest } from "../../../shared/trust/index.ts";
import { utf8 } from "./bytes.ts";

/** An enrolment request as both sides count it: RFC 8785 canonical JSON. */
export function enrolmentText(request: EnrolmentRequest): string {
  return canonicalize(request) ?? "";
}

/**
 * The six digits that the enrolment screen and the desk both show. SECURITY: they find a request that was exchanged by
 * accident or by who cannot try a million others; somebody who makes requests freely can match six digits, so the desk
 * asks for them over a voice or a face it knows, and looks at the name as well.
 */
export function confirmationOf(request: EnrolmentRequest): string {
  const digest = createHash("sha256")
    .update(utf8(enrolmentText(request)))
    .digest();
  // 64 bits over a million: no digit is likelier than another by more than 1 in 10^13.
  return String(digest.readBigUInt64BE() % 1_000_000n).padStart(6, "0");
}

/**
 * The nonce of the HIS's sign-in: SHA-256 over the RFC 8785 canonical JSON of her new public keys. SECURITY: it makes the
 * id token a proof for these keys only; one that leaks, or is asked for by another program, enrols no others.
 */
export function enrolmentNonce(keys: EnrolmentRequest["keys"]): string {
  return createHash("sha256")
    .update(utf8(canonicalize(keys) ?? ""))
    .digest("base64url");
}
