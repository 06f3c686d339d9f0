import { searchParameters } from "../engine.ts";
import { outcomeAnswer } from "../outcomes.ts";
import type { Quirk } from "./quirk.ts";

/** Parameters of every search (R4 search.html#2.21.1.4). */
const ALWAYS =
  /^_(id|lastUpdated|count|sort|cursor|offset|include|revinclude|summary|total|elements|format)$/u;

/** A parameter it does not know is ignored, as R4 lets a server do. */
export const lax: Quirk = {
  wrap: (inner) => async (request) => {
    if (request.method !== "GET" || !/^[A-Z][A-Za-z]+$/u.test(request.path))
      return await inner(request);
    const known = searchParameters(request.path);
    const kept = [...request.query].filter(
      ([name]) => ALWAYS.test(name) || known[name.split(/[:.]/u)[0] ?? ""] !== undefined,
    );
    return await inner({ ...request, query: new URLSearchParams(kept) });
  },
};

/** A parameter it does not know is 400, and it knows few beside its search parameters: no `_elements`, no `_total`. */
export const strict: Quirk = {
  wrap: (inner) => async (request) => {
    const refused = [...request.query.keys()].find((name) =>
      /^_(elements|total|summary)$/u.test(name),
    );
    return refused === undefined
      ? await inner(request)
      : outcomeAnswer(400, "not-supported", `Unknown parameter: ${refused}`);
  },
};
