import { ORPCError } from "@orpc/server";

type What = "keychain" | "disk-full" | "damaged" | "stopping" | "policy" | "not-joined";

/** Codes that rooms throw, and what the page is told. Anything else stays an internal error without details. */
const unavailable: Readonly<Record<string, { what: What; detail: string }>> = {
  "disk-full": {
    what: "disk-full",
    detail: "This PC's disk is full. Nothing already saved is lost; this entry was not saved.",
  },
  damaged: { what: "damaged", detail: "A file of the cache on this PC is damaged." },
  "keychain-missing": { what: "keychain", detail: "No keychain answers on this PC." },
  "keychain-locked": { what: "keychain", detail: "This PC's keychain is locked." },
  "not-joined": {
    what: "not-joined",
    detail: "This PC has not joined its site yet; nobody can sign in here.",
  },
  interrupted: {
    what: "stopping",
    detail: "A lock came while the PIN was being checked; sign in again.",
  },
  stopped: { what: "stopping", detail: "The service is stopping." },
};

const codeOf = (error: unknown): string | null =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : null;

/**
 * Turns what a room threw into an error of the contract. SECURITY: P5. Unknown errors lose their message: it could carry
 * what the page has no business to know.
 */
export function asContractError(error: unknown): unknown {
  if (error instanceof ORPCError) return error;
  const data = unavailable[codeOf(error) ?? ""];
  if (data) return new ORPCError("UNAVAILABLE", { status: 503, data });
  return new ORPCError("INTERNAL_SERVER_ERROR", { status: 500, cause: error });
}
