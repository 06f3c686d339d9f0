import { z } from "zod";
import { FhirResource } from "../../../shared/fhir/index.ts";
import type { ActRow } from "./rows.ts";

/** Versions of resources by `type/id`; null: there is none any more. */
const Versions = z.record(z.string(), FhirResource.nullable());
export type Versions = Readonly<z.infer<typeof Versions>>;

/** How a version is named in {@link Versions}. */
export function versionKey({ resourceType, id }: { resourceType: string; id: string }): string {
  return `${resourceType}/${id}`;
}

/** What an act was based on, as this PC had it. */
export function basesOf({ base }: Pick<ActRow, "base">): Versions {
  return versionsIn(base);
}

/** What the HIS held when an act was found in conflict; of one that was merged, what was sent. */
export function theirsIn({ theirs }: Pick<ActRow, "theirs">): Versions {
  return versionsIn(theirs);
}

function versionsIn(text: string | null): Versions {
  if (text === null) return {};
  try {
    return Versions.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}
