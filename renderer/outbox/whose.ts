import type { Clinician, OutboxEntry } from "../app/index.ts";

/** CLINICAL: what only a doctor may order, only a doctor settles; the service says the same. */
export function maySettle({ kind }: Pick<OutboxEntry, "kind">, roles: Clinician["roles"]): boolean {
  return kind !== "order" || roles.includes("doctor");
}

/** Whether she is offered to take it back. Of whom it is may be not hers to see: then nor is this. */
export function mayWithdraw(
  entry: Pick<OutboxEntry, "kind" | "patientName">,
  roles: Clinician["roles"],
): boolean {
  const isOwnWord = entry.kind !== "withdrawal" && entry.kind !== "decision";
  return entry.patientName !== null && isOwnWord && maySettle(entry, roles);
}
