import type { StatementKind } from "../../shared/trust/index.ts";

/** Words that the wording has for a statement's fate and kind; anything else is shown as it came. */
const verdicts = [
  "accepted",
  "known",
  "bad-signature",
  "wrong-site",
  "expired",
  "not-yet",
  "malformed",
  "wrong-kind",
  "replayed",
  "elsewhere",
] as const;
/** The trust room's list would bring its schemas into the page: held against it by its type. */
const kinds = {
  "roster-entry": true,
  revocation: true,
  join: true,
  wipe: true,
  seal: true,
  extension: true,
  "his-trust": true,
  envelope: true,
  rotation: true,
  "knowledge-pack": true,
  "signing-key": true,
  "pin-change": true,
} as const satisfies Record<StatementKind | "pin-change", true>;

export function knownVerdict(verdict: string): (typeof verdicts)[number] | null {
  return verdicts.find((one) => one === verdict) ?? null;
}
export function knownKind(kind: string): keyof typeof kinds | null {
  return Object.hasOwn(kinds, kind) ? (kind as keyof typeof kinds) : null;
}

/** Whether a statement brought here is obeyed, changes nothing (held already, or another PC's), or was refused. */
export function fate(verdict: string): "accepted" | "unchanged" | "refused" {
  if (verdict === "accepted") return "accepted";
  return verdict === "known" || verdict === "elsewhere" ? "unchanged" : "refused";
}

/** What the contract takes at once, in characters; far beyond what a stick of statements holds. */
export const BRING_LIMIT = 500_000;
