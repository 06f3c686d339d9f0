import { provenanceOf } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { readFactSignature } from "../vault/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { Drain, Job } from "./push-parts.ts";
import { PROVENANCE } from "./page.ts";
import type { CreateWay } from "./act-bundle.ts";

/** The Provenance that goes with an act, and how it is created. */
export interface ActProof {
  readonly resource: FhirResource;
  readonly way: CreateWay;
}

/** Whether this HIS takes a Provenance with an act: it says so, and has not refused one. */
export function takesProofs({ capabilities, memory }: Drain): boolean {
  const isOffered = capabilities()?.types.get(PROVENANCE)?.interactions.has("create") ?? false;
  return isOffered && !memory.proofsRefused;
}

/**
 * Her signature over what an act writes, as FHIR Provenance in the same transaction. A decision carries its own, among its
 * entries. `way`: how the act's new resources are created, and so what they are called in the transaction.
 */
export function proofOf(
  drain: Drain,
  { act, facts }: Job,
  way: CreateWay,
  entries: Act["entries"] = act.entries,
): ActProof | null {
  if (facts === null || !takesProofs(drain)) return null;
  const read = readFactSignature(facts);
  const [first] = read?.claims.facts ?? [];
  if (read === null || first === undefined) return null;
  const targets = entries.map(({ resource: { resourceType, id }, base }) =>
    base === null && way === "post" ? `urn:uuid:${id}` : `${resourceType}/${id}`,
  );
  const resource = provenanceOf({
    // Of another type than anything else that is called so.
    id: act.uuid,
    claims: read.claims,
    // Of a withdrawal she could not know, when she signed it, whether there would be anything to change.
    verb: entries.every(({ base }) => base !== null) ? "update" : first.verb,
    targets,
    jws: facts,
    service: null,
  });
  const own = drain.capabilities()?.types.get(PROVENANCE)?.updateCreate === true ? "put" : "post";
  return { resource, way: way === "post" ? "post" : own };
}
