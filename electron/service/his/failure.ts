import type { ConnectionCause } from "../../../shared/contract/index.ts";

/** Why a call to the HIS did not give what was asked for. Each is met differently by the sync. */
export type HisFailure =
  /** No connection: refused, reset, no name, no route, TLS. */
  | { readonly kind: "unreachable"; readonly detail: string; readonly cause?: ConnectionCause }
  /** No whole answer within the deadline. What was sent may have been done. */
  | { readonly kind: "timeout"; readonly detail: string; readonly cause?: ConnectionCause }
  /** It answers, and does not accept this workstation (401, 403, `invalid_client`). */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly detail: string;
      readonly signIn: boolean;
      /** `proxy`: it was not the HIS that refused. */
      readonly cause?: ConnectionCause;
    }
  /** 429, 502, 503 or 504. `retryAfterMs` is its own wish. */
  | {
      readonly kind: "busy";
      readonly status: number;
      readonly retryAfterMs: number | null;
      readonly detail: string;
    }
  /** Something that is not FHIR: HTML, another content type, cut short, too large, a redirect. */
  | {
      readonly kind: "not-fhir";
      readonly status: number;
      readonly detail: string;
      readonly cause?: ConnectionCause;
    }
  /** It understood and said no (or failed at it), with its issues in plain words. */
  | { readonly kind: "outcome"; readonly status: number; readonly detail: string }
  /** 412: the version it holds is not the one the request was based on. */
  | { readonly kind: "conflict"; readonly status: number; readonly detail: string }
  /** 404 or 410: not there, or no more. */
  | { readonly kind: "gone"; readonly status: number; readonly detail: string };

/** Thrown by every call of {@link ./client.ts}. */
export class HisError extends Error {
  readonly failure: HisFailure;

  constructor(failure: HisFailure) {
    super(`${failure.kind}: ${failure.detail}`);
    this.name = "HisError";
    this.failure = failure;
  }
}

/** True when the failure says something about the connection, not about the one request. */
export function isOutage(failure: HisFailure): boolean {
  return failure.kind === "unreachable" || failure.kind === "timeout" || failure.kind === "busy";
}

/** What stands behind a failure, as far as it changes what a person should do about it. */
export function causeOf(failure: HisFailure): ConnectionCause {
  if ("cause" in failure && failure.cause !== undefined) return failure.cause;
  switch (failure.kind) {
    case "unreachable":
      return "unknown";
    case "timeout":
      return "silent";
    case "refused":
      return "sign-in";
    case "busy":
      return "busy";
    case "not-fhir":
      return "not-fhir";
    case "conflict":
    case "gone":
    case "outcome":
      return "broken";
  }
}
