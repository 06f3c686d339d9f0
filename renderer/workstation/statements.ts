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
const kinds = [
  "roster-entry",
  "revocation",
  "join",
  "wipe",
  "seal",
  "extension",
  "his-trust",
  "envelope",
  "rotation",
  "pin-change",
] as const;

export function knownVerdict(verdict: string): (typeof verdicts)[number] | null {
  return verdicts.find((one) => one === verdict) ?? null;
}
export function knownKind(kind: string): (typeof kinds)[number] | null {
  return kinds.find((one) => one === kind) ?? null;
}

/** Whether a statement brought here is obeyed, changes nothing (held already, or another PC's), or was refused. */
export function fate(verdict: string): "accepted" | "unchanged" | "refused" {
  if (verdict === "accepted") return "accepted";
  return verdict === "known" || verdict === "elsewhere" ? "unchanged" : "refused";
}

/** What the contract takes at once, in characters; far beyond what a stick of statements holds. */
export const BRING_LIMIT = 500_000;
