import { OperationOutcomeError, badRequest, notFound } from "@medplum/core";
import type { Bundle } from "@medplum/fhirtypes";
import type { Answer } from "./http.ts";
import { FHIR_JSON } from "./outcomes.ts";
import { DEFAULT_COUNT, MAX_COUNT, cursorOf, placeOf } from "./paging.ts";
import { historyEntry } from "./repository.ts";
import type { Place, Reader } from "./resource-file.ts";

/**
 * A page of `_history` (R4 http.html#history) of one resource, of a type, or of everything: newest first, tombstones
 * without a resource. A next link names a place in the order of writing, so that what is written meanwhile moves nothing.
 */
export function historyPage(
  reader: Reader,
  base: string,
  of: { readonly type: string | null; readonly id: string | null },
  query: URLSearchParams,
): Answer {
  const since = query.get("_since");
  const from = since === null ? 0 : Date.parse(since);
  const count = Math.min(Number(query.get("_count") ?? DEFAULT_COUNT), MAX_COUNT);
  const before = placeOf(query.get("_cursor"));
  if (!Number.isFinite(from) || !Number.isInteger(count) || count < 0)
    throw new OperationOutcomeError(badRequest("Bad history parameter"));
  const rows = reader.history(of, from, before, count + 1);
  // A resource that never was has no history; one of which nothing is that new has an empty one.
  if (
    rows.length === 0 &&
    of.type !== null &&
    of.id !== null &&
    reader.current(of.type, of.id) === null
  )
    throw new OperationOutcomeError(notFound);
  const page = rows.slice(0, count);
  const last = page.at(-1);
  const path = [base, of.type, of.id, "_history"].filter((part) => part !== null).join("/");
  const url = (place?: Place): string => {
    const asked = new URLSearchParams(query);
    if (place !== undefined) asked.set("_cursor", cursorOf(place));
    return asked.size === 0 ? path : `${path}?${asked.toString()}`;
  };
  const bundle: Bundle = {
    resourceType: "Bundle",
    type: "history",
    link: [
      { relation: "self", url: url() },
      ...(rows.length > count && last !== undefined ? [{ relation: "next", url: url(last) }] : []),
    ],
    entry: page.map((row) => historyEntry(row, `${base}/`)),
  };
  return { status: 200, type: FHIR_JSON, body: JSON.stringify(bundle) };
}
