import { z } from "zod";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { Removal } from "../guard/index.ts";
import type { Journal, Received } from "../store/index.ts";

const Tombstones = z.object({
  kind: z.literal("tombstones"),
  gone: z.array(
    z.object({
      id: z.string(),
      version: z.string().nullable(),
      at: z.string(),
      exact: z.boolean(),
    }),
  ),
});

/** Resources, in their newest version, that belong to patients this PC does not serve. */
const Moved = z.object({
  kind: z.literal("moved"),
  resources: z.array(z.record(z.string(), z.unknown())),
});
export type Moved = z.infer<typeof Moved>;

const Listing = z.object({
  kind: z.literal("listing"),
  /** Null: a listing of one part. */
  part: z.object({ run: z.string(), at: z.int(), of: z.int() }).nullable().default(null),
  /** Whose resources it lists; the ward's pseudo-patient for a ward-wide type. */
  patients: z.array(z.string()),
  /** Server time of the listing's first page. */
  asOf: z.string(),
  /** What was written at the HIS from here on may be missing in the listing, or be in it too early. */
  before: z.string(),
  /** False: what it lacks stays for now; others may be bringing it back. */
  takes: z.boolean().default(true),
  /** [id, version, lastUpdated, patient as far as it is said] */
  held: z.array(
    z.tuple([z.string(), z.string().nullable(), z.string().nullable(), z.string().nullable()]),
  ),
});
export type Listing = z.infer<typeof Listing>;

/** What is known to be gone from the HIS, on its way through the sealed inbox. */
export const Notice = z.discriminatedUnion("kind", [Tombstones, Moved, Listing]);
export type Notice = z.infer<typeof Notice>;

/** Ids and versions are compared at the next round: what was salvaged may be an older state of what was removed. */
export function wantListing(journal: Pick<Journal, "receiveAll">, types: readonly string[]): void {
  journal.receiveAll(listingsWanted(types));
}

/** The same for a journal in another thread: what its `receiveAll` is to be given. */
export function listingsWanted(types: readonly string[]): Received[] {
  return types.map((type) => ({
    page: null,
    cursor: { type: listedKey(type), cursor: "", lastPageAt: null, problem: null },
  }));
}

/** The journal's cursor row that says up to when a type's ids and versions were compared with the HIS's. */
export function listedKey(type: string): string {
  return `${type}/_listed`;
}

/**
 * True when a version came into being after a removal, so that the removal does not concern it. Times decide, because a
 * HIS that makes a deleted resource anew may count its versions anew; version numbers where times cannot tell.
 */
export function isNewer(resource: FhirResource, removal: Removal): boolean {
  const updated = Date.parse(resource.meta?.lastUpdated ?? "");
  const at = Date.parse(removal.at);
  if (updated > at) return true;
  if (removal.exact && updated < at) return false;
  const [ours, theirs] = [numberOf(resource.meta?.versionId), numberOf(removal.version)];
  if (!Number.isNaN(ours) && !Number.isNaN(theirs)) return ours > theirs;
  // CLINICAL: nothing tells which of the same moment came first. What is there stays; comparing ids settles it.
  return updated === at;
}

/**
 * True when a version comes from an answer that is older than a removal already known: it was overtaken on the way. A
 * version in a *later* answer is the HIS's own word (made anew, or a restored backup).
 */
export function isOvertaken(resource: FhirResource, asOf: string, removal: Removal): boolean {
  return Date.parse(asOf) <= Date.parse(removal.at) && !isNewer(resource, removal);
}

function numberOf(version: string | null | undefined): number {
  return /^\d+$/u.test(version ?? "") ? Number(version) : Number.NaN;
}
