import { z } from "zod";
import type { ActRow } from "../store/index.ts";
import type { StoredMap } from "./act-bundle.ts";

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
