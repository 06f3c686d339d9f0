import { createHash } from "node:crypto";
import { join } from "node:path";
import { NO_CHANGES } from "../../electron/service/store/index.ts";
import type {
  ChainLink,
  ChartBatch,
  DraftRow,
  NewActRow,
  NewInboxPage,
} from "../../electron/service/store/index.ts";

/** What the child writes under a number, so that the parent knows what must be there. */
export const KEY = new Uint8Array(createHash("sha256").update("faults").digest());

export const chain: ChainLink = (previous, seq, body) => hash(`${previous} ${seq} ${body}`);

export function files(folder: string): { readonly journal: string; readonly chart: string } {
  return { journal: join(folder, "journal.db"), chart: join(folder, "chart.db") };
}

export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Text that is long, and different for each number. */
function words(number: number, length: number): string {
  return Array.from({ length }, (_, each) => hash(`${number} ${each}`)).join(" ");
}

export function actOf(number: number): NewActRow {
  return {
    uuid: `act-${number}`,
    kind: "vitals",
    patient: `p${number % 5}`,
    author: "nurse",
    at: "2026-11-23T08:00:00+03:00",
    queuedAt: number,
    body: words(number, 1 + (number % 90)),
  };
}

export function draftOf(number: number): DraftRow {
  const sealed = new Uint8Array(Buffer.from(words(number, 30)));
  return { clinician: "nurse", patient: `p${number % 5}`, kind: "note", at: number, sealed };
}

export function pageOf(number: number): NewInboxPage {
  const sealed = new Uint8Array(Buffer.from(words(number, 400)));
  return {
    kind: "pull",
    type: "Observation",
    patient: null,
    last: true,
    asOf: String(number),
    resources: 20,
    sealed,
  };
}

/** Five resources of five patients; each id gets a newer version with every number. */
export function chartBatch(number: number): ChartBatch {
  return {
    ...NO_CHANGES,
    upserts: [0, 1, 2, 3, 4].map((each) => ({
      patient: `p${each}`,
      resource: {
        resourceType: "Observation",
        id: `o${(number * 3) % 40}`,
        meta: { versionId: String(number) },
        note: words(number + each, 8),
      },
    })),
    typeAsOf: [{ type: "Observation", asOf: String(number) }],
  };
}
