import { DeadlineExceeded } from "../port/index.ts";

/** The messages of `error.*` in the wording: each says what happened, what was kept and what to do. */
export type ProblemKind =
  | "locked"
  | "notFound"
  | "alreadySaved"
  | "changed"
  | "outsideRemit"
  | "noBadge"
  | "forbiddenRole"
  | "forbiddenEmergency"
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
  if (known.code === "CHANGED") return "changed";
  if (known.code === "OUTSIDE_REMIT") return "outsideRemit";
  if (known.code === "NO_BADGE") return "noBadge";
  if (known.code === "FORBIDDEN")
    return said(known.data, "why") === "emergency" ? "forbiddenEmergency" : "forbiddenRole";
  if (known.code === "UNAVAILABLE")
    return unavailable[said(known.data, "what") ?? ""] ?? "unexpected";
  return "unexpected";
}

/** A word that the data of an error carries. */
/** A word of a refusal, by its name. */
export function said(data: unknown, name: string): string | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const word = (data as Record<string, unknown>)[name];
  return typeof word === "string" ? word : undefined;
}
