import type { Bundle, BundleEntry } from "@medplum/fhirtypes";
import type { FhirRequestIn } from "../fhir-api.ts";
import { outcomeAnswer } from "../outcomes.ts";
import { bundleOf, changeBundle } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

const isBatch = (request: FhirRequestIn): boolean => bundleOf(request)?.type === "batch";

/** A batch of any kind is 501, though the statement names it. */
export const refusedBatches: Quirk = {
  before: (inner) => async (request) =>
    isBatch(request)
      ? outcomeAnswer(501, "not-supported", "Batches are not implemented")
      : await inner(request),
};

function answering(change: (entries: BundleEntry[]) => BundleEntry[]): Quirk {
  return {
    before: (inner) => async (request) => {
      const answer = await inner(request);
      if (!isBatch(request)) return answer;
      return changeBundle(answer, (told) => ({ ...told, entry: change(told.entry ?? []) }));
    },
  };
}

/** What is asked in a batch is asked with nobody's rights: every search says that it went well and found nothing. */
export const emptyBatches = answering((entries) =>
  entries.map((entry) =>
    entry.resource?.resourceType === "Bundle"
      ? { ...entry, resource: nothingOf(entry.resource) }
      : entry,
  ),
);

function nothingOf(found: Bundle): Bundle {
  const link = (found.link ?? []).filter(({ relation }) => relation === "self");
  return { ...found, link, entry: [] };
}

/** The answers come as they are ready, not as they were asked for. */
export const shuffledBatches = answering((entries) => entries.toReversed());

/** More than `most` questions at a time are refused whole. */
export function fewInBatches(most: number): Quirk {
  return {
    before: (inner) => async (request) => {
      const entries = bundleOf(request)?.entry ?? [];
      return isBatch(request) && entries.length > most
        ? outcomeAnswer(413, "too-costly", `A batch of ${entries.length} entries is too much`)
        : await inner(request);
    },
  };
}
