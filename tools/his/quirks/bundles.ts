import type { BundleEntryRequest } from "@medplum/fhirtypes";
import { outcomeAnswer } from "../outcomes.ts";
import { bundleOf, changeBundle } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

const isConditional = (request: BundleEntryRequest | undefined): boolean =>
  request?.ifMatch !== undefined ||
  request?.ifNoneExist !== undefined ||
  request?.url?.includes("?") === true;

/** More updates than `most`, or more entries than `conditional` if one has a condition, are refused whole. */
export function smallBundles(most = 50, conditional = 8): Quirk {
  return {
    wrap: (inner) => async (request) => {
      const entries = bundleOf(request)?.entry ?? [];
      const updates = entries.filter((entry) => entry.request?.method === "PUT").length;
      const hasCondition = entries.some((entry) => isConditional(entry.request));
      return updates > most || (hasCondition && entries.length > conditional)
        ? outcomeAnswer(413, "too-costly", `A transaction of ${entries.length} entries is too much`)
        : await inner(request);
    },
  };
}

/** A transaction's answer says of each entry that it was done, and nothing of time, version or place; it carries no Date. */
export const tersely: Quirk = {
  wrap: (inner) => async (request) => {
    const answer = await inner(request);
    if (bundleOf(request) === null) return answer;
    const told = changeBundle(answer, (result) => ({
      ...result,
      entry: (result.entry ?? []).map(({ response }) => ({
        response: { status: response?.status ?? "200" },
      })),
    }));
    return { ...told, undated: true };
  },
};

/** A transaction is stamped when it comes and becomes visible later; single writes go past it meanwhile. */
export function commitsLate(until: () => Promise<unknown>): Quirk {
  return { settings: { beforeCommit: until } };
}
