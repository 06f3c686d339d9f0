import { z } from "zod";
import { HoldReason, Opinions } from "../../../shared/contract/guard.ts";
import { FhirResource } from "../../../shared/fhir/index.ts";
import type { AcceptedFact } from "./fact.ts";
import { canonical } from "./rules/content.ts";

/**
 * What a screen must know of a guarded fact beside its resource: how it stands, and what is claimed against it. Kept in chart.db
 * beside the patient's records, as a resource of a type FHIR does not have, so that it is written, read, salvaged and forgotten
 * with them. The ledger is the truth; marks are made from it.
 */
export const GUARD_MARK = "GuardMark";

const Removed = z
  .object({ version: z.string().nullable(), at: z.string(), exact: z.boolean() })
  .nullable();
export const GuardMark = z.looseObject({
  resourceType: z.literal(GUARD_MARK),
  id: z.string(),
  of: z.object({ type: z.string(), id: z.string(), patient: z.string() }),
  verdict: z.enum(["apply-verified", "apply-unverified"]),
  firstSeen: z.boolean(),
  signedBy: z.string().nullable(),
  /** Off what may be given until somebody decides. */
  suspended: z.boolean(),
  /** Of a changed order, what it was. */
  before: FhirResource.nullable(),
  /** What is in force, when the claim is shown with another patient or the order is suspended. */
  inForce: FhirResource.nullable(),
  claims: z.array(
    z.object({
      resource: FhirResource.nullable(),
      removed: Removed,
      patient: z.string(),
      reasons: z.array(HoldReason),
      bothShown: z.boolean(),
      by: z.string().nullable(),
      opinions: Opinions,
    }),
  ),
});
export type GuardMark = z.infer<typeof GuardMark>;

/** Under whom marks of a fact lie: its patient, and whom a claim names. */
export function markedPatients(fact: AcceptedFact): string[] {
  return [...new Set([fact.patient, ...fact.claims.map(({ patient }) => patient)])];
}

export function markId({ resource: { resourceType, id } }: AcceptedFact): string {
  return `${resourceType}.${id}`;
}

/** The mark of a fact; null when there is nothing to say but that the HIS says so. */
export function markOf(fact: AcceptedFact): FhirResource | null {
  const isPlain =
    fact.verdict === "apply-unverified" && fact.before === null && fact.claims.length === 0;
  if (isPlain && fact.firstSeen) return null;
  if (fact.removed !== null && fact.claims.length === 0) return null;
  const { resourceType: type, id } = fact.resource;
  const body = {
    of: { type, id, patient: fact.patient },
    verdict: fact.verdict,
    firstSeen: fact.firstSeen,
    signedBy: fact.signedBy,
    suspended: fact.removed !== null,
    before: fact.before,
    inForce: fact.claims.length > 0 ? fact.resource : null,
    claims: fact.claims,
  };
  return {
    resourceType: GUARD_MARK,
    id: markId(fact),
    // The chart tells versions apart by these: a changed mark is a new version.
    meta: { versionId: fingerprint(canonical(body)) },
    ...body,
  };
}

/** FNV-1a, twice over: tells two marks of one fact apart, protects nothing. */
function fingerprint(text: string): string {
  let [one, two] = [0x811c9dc5, 0x01000193];
  for (let at = 0; at < text.length; at += 1) {
    one = Math.imul(one ^ text.charCodeAt(at), 0x01000193) >>> 0;
    two = Math.imul(two ^ one, 0x811c9dc5) >>> 0;
  }
  return one.toString(16) + two.toString(16);
}
