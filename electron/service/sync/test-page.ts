import type { ReceivePage } from "./types.ts";

/** A page of a patient's back-fill as the HIS answers it, the last of its section; for tests. */
export function backfillPage(
  patient: string | null,
  resources: readonly Record<string, unknown>[] = [],
  change: Partial<ReceivePage> = {},
): ReceivePage {
  const entry = resources.map((resource) => ({ resource }));
  const text = JSON.stringify({ resourceType: "Bundle", type: "searchset", entry });
  return {
    bytes: new Uint8Array(Buffer.from(text)),
    encoding: null,
    base: "http://his.test/fhir/",
    kind: "backfill",
    type: "Condition",
    patient,
    asOf: "2026-11-23T08:00:00Z",
    answeredAt: "2026-11-23T08:00:00Z",
    isRepeated: false,
    cursor: null,
    ...change,
  };
}
