import type { FhirRequestIn } from "../fhir-api.ts";
import { outcomeAnswer } from "../outcomes.ts";
import { changeBundle } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

const DEFAULT_COUNT = 100;

function isSearch({ method, path }: FhirRequestIn): boolean {
  return method === "GET" && /^[A-Z][A-Za-z]+$/u.test(path);
}

/** Next links count from the beginning: what moves to the end while they are followed makes later ones skip. */
function byOffset(applies: (query: URLSearchParams) => boolean, cap: number): Quirk {
  return {
    wrap: (inner) => async (request) => {
      if (!isSearch(request) || !applies(request.query)) return await inner(request);
      const offset = Number(request.query.get("_offset") ?? 0);
      if (offset > cap)
        return outcomeAnswer(400, "too-costly", `The offset may not be more than ${cap}`);
      const count = Number(request.query.get("_count") ?? DEFAULT_COUNT);
      return changeBundle(await inner(request), (bundle) => {
        for (const link of bundle.link ?? [])
          if (link.relation === "next") link.url = atOffset(link.url, offset + count);
        return bundle;
      });
    },
  };
}

function atOffset(next: string, offset: number): string {
  const url = new URL(next);
  url.searchParams.delete("_cursor");
  url.searchParams.set("_offset", String(offset));
  return url.href;
}

/** Every search pages by offset in the order of last change, so that each change moves what comes after it. */
export const shiftingPages = byOffset(() => true, Number.POSITIVE_INFINITY);

/** A steady cursor only for `_sort=_lastUpdated`; any other search pages by offset, refused beyond `cap`. */
export function cappedOffset(cap = 10_000): Quirk {
  return byOffset((query) => query.get("_sort") !== "_lastUpdated", cap);
}
