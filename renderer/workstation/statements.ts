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
  "replay",
  "not-for-us",
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

/** Whether a statement brought here is obeyed, changes nothing, or was refused. */
export function fate(verdict: string): "accepted" | "known" | "refused" {
  return verdict === "accepted" || verdict === "known" ? verdict : "refused";
}

/** What the contract takes at once, in characters; far beyond what a stick of statements holds. */
export const BRING_LIMIT = 500_000;
