import { DeadlineExceeded } from "../port/index.ts";

/** The messages of `error.*` in the wording: each says what happened, what was kept and what to do. */
export type ProblemKind =
  | "locked"
  | "notFound"
  | "alreadySaved"
  | "keychain"
  | "diskFull"
  | "damaged"
  | "stopping"
  | "policy"
  | "notJoined"
  | "timeout"
  | "unexpected";

const unavailable: Record<string, ProblemKind> = {
  keychain: "keychain",
  "disk-full": "diskFull",
  damaged: "damaged",
  stopping: "stopping",
  policy: "policy",
  "not-joined": "notJoined",
};

/** Reads an error of the contract, whatever procedure it came from. */
export function contractError(error: unknown): { code: string; data: unknown } | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  if (typeof error.code !== "string") return null;
  return { code: error.code, data: "data" in error ? error.data : undefined };
}

/** Which human message an error asks for. Pages of the contract's codes are never shown. */
export function problemOf(error: unknown): ProblemKind {
  if (error instanceof DeadlineExceeded) return "timeout";
  const known = contractError(error);
  if (known === null) return "unexpected";
  if (known.code === "LOCKED") return "locked";
  if (known.code === "NOT_FOUND") return "notFound";
  if (known.code === "ALREADY_SAVED") return "alreadySaved";
  if (known.code === "UNAVAILABLE" && typeof known.data === "object" && known.data !== null) {
    const what = "what" in known.data ? known.data.what : undefined;
    return (typeof what === "string" ? unavailable[what] : undefined) ?? "unexpected";
  }
  return "unexpected";
}
