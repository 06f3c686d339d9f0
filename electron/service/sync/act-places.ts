import { z } from "zod";
import { ACT_SYSTEM } from "../../../shared/trust/index.ts";
import type { ActRow } from "../store/index.ts";
import type { StoredMap } from "./act-bundle.ts";
import { isObject } from "./page.ts";

const Places = z.record(
  z.string(),
  z.object({ type: z.string(), id: z.string(), versionId: z.string().nullable() }),
);

/** Where the HIS said it keeps an act's resources, by our ids; empty where it did not say. */
export function placesIn({ stored }: Pick<ActRow, "stored">): StoredMap {
  if (stored === null) return {};
  try {
    return Places.catch({}).parse(JSON.parse(stored));
  } catch {
    return {};
  }
}

/** Our own ids that a resource of the HIS bears as identifiers: of which charted resource it is. */
export function actIdsOf(resource: Readonly<Record<string, unknown>>): string[] {
  const list = Array.isArray(resource["identifier"]) ? (resource["identifier"] as unknown[]) : [];
  return list.flatMap((each) =>
    isObject(each) && each["system"] === ACT_SYSTEM && typeof each["value"] === "string"
      ? [each["value"]]
      : [],
  );
}
