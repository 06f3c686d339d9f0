import { setTimeout as delay } from "node:timers/promises";
import type { Bundle, BundleEntry } from "@medplum/fhirtypes";
import type { FhirRequestIn } from "../fhir-api.ts";
import { outcomeAnswer } from "../outcomes.ts";
import { bundleOf, changeBundle, firstMatch } from "./answers.ts";
import type { FhirHandler, Quirk } from "./quirk.ts";

interface Condition {
  readonly type: string;
  readonly criteria: string;
}

/** What must not exist for the request to create: of the request itself, or of its Bundle's entries. */
function conditionsOf(request: FhirRequestIn, bundle: Bundle | null): (Condition | null)[] {
  if (bundle !== null) return (bundle.entry ?? []).map(conditionOf);
  const header = request.headers["if-none-exist"];
  return request.method === "POST" && typeof header === "string"
    ? [{ type: request.path, criteria: header }]
    : [];
}

function conditionOf({ request }: BundleEntry): Condition | null {
  return request?.method === "POST" && request.ifNoneExist !== undefined
    ? { type: request.url, criteria: request.ifNoneExist.replace(/^[^?]*\?/u, "") }
    : null;
}

async function matching(
  inner: FhirHandler,
  conditions: readonly (Condition | null)[],
): Promise<({ readonly id: string } | null)[]> {
  return await Promise.all(
    conditions.map(async (one) =>
      one === null ? null : await firstMatch(inner, one.type, one.criteria),
    ),
  );
}

/** What exists already is answered 304 and not 200: for a request of its own without a body, inside a Bundle by the entry. */
export const existing304: Quirk = {
  wrap: (inner) => async (request) => {
    const bundle = bundleOf(request);
    const found = await matching(inner, conditionsOf(request, bundle));
    const answer = await inner(request);
    if (bundle === null) return found[0] == null ? answer : { ...answer, status: 304, body: "" };
    return changeBundle(answer, (result) => ({
      ...result,
      entry: (result.entry ?? []).map((entry, at) =>
        found[at] == null ? entry : { response: { status: "304" } },
      ),
    }));
  },
};

/** What exists already makes the whole request fail with 412. */
export const existing412: Quirk = {
  wrap: (inner) => async (request) => {
    const found = await matching(inner, conditionsOf(request, bundleOf(request)));
    return found.some((one) => one !== null)
      ? outcomeAnswer(412, "duplicate", "Such a resource exists already")
      : await inner(request);
  },
};

/** `If-None-Exist` is looked at first and written after, so that two requests at once both create. */
export const existingRaces: Quirk = {
  wrap: (inner) => async (request) => {
    const bundle = bundleOf(request);
    const found = await matching(inner, conditionsOf(request, bundle));
    await delay(20);
    if (bundle !== null)
      for (const [at, entry] of (bundle.entry ?? []).entries())
        if (found[at] === null && entry.request !== undefined) delete entry.request.ifNoneExist;
    const { "if-none-exist": _, ...headers } = request.headers;
    const unasked = bundle === null && found[0] === null;
    return await inner({
      ...request,
      ...(unasked && { headers }),
      ...(bundle !== null && { body: JSON.stringify(bundle) }),
    });
  },
};
