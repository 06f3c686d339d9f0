import { digestOf } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { ACT_SYSTEM } from "../../../shared/trust/index.ts";
import type { Act, FactClaim, FactClaims } from "../../../shared/trust/index.ts";

/** The type that carries signatures, and is itself vouched for by the one in it. */
const PROVENANCE = "Provenance";

/**
 * What her signature binds of an act: every resource it writes, as it will be, on what was there before. Null when there is
 * nothing to vouch for. `bases`: by `Type/id`, the versions that are changed.
 */
export function claimsOfAct(
  act: Act,
  site: string,
  bases: Readonly<Record<string, FhirResource>> = {},
): FactClaims | null {
  const facts = act.entries.flatMap((entry) => factOf(act, entry, bases) ?? []);
  return facts.length === 0 ? null : { ...frame(act, site, act.patient), facts };
}

/**
 * What her signature binds when she accepts a change that the HIS has made already: that very change. `patient`: whose the
 * record is from then on.
 */
export function claimsOfAcceptance(
  act: Act,
  site: string,
  patient: string,
  { inForce, claimed }: { readonly inForce: FhirResource; readonly claimed: FhirResource | null },
): FactClaims {
  const fact: FactClaim = {
    type: inForce.resourceType,
    verb: claimed === null ? "delete" : "update",
    id: inForce.id,
    identifier: null,
    base: inForce.meta?.versionId ?? null,
    before: digestOf(inForce),
    content: claimed === null ? null : digestOf(claimed),
  };
  return { ...frame(act, site, patient), facts: [fact] };
}

function frame(act: Act, site: string, patient: string): Omit<FactClaims, "facts"> {
  const { uuid, at, author } = act;
  return { v: 1, site, act: uuid, at, author, roles: [], patient };
}

function factOf(
  { kind }: Act,
  { resource, base }: Act["entries"][number],
  bases: Readonly<Record<string, FhirResource>>,
): FactClaim | null {
  const { resourceType: type, id } = resource;
  if (type === PROVENANCE) return null;
  // What a withdrawal carries of a change is the change that she takes back: never to be written.
  if (kind === "withdrawal" && base !== null) return null;
  const content = digestOf(resource);
  if (content === null) return null;
  // The HIS may give a new resource an id of its own: it is known by ours.
  if (base === null)
    return {
      type,
      verb: "create",
      id: null,
      identifier: `${ACT_SYSTEM}|${id}`,
      base,
      before: null,
      content,
    };
  const before = bases[`${type}/${id}`];
  return {
    type,
    verb: "update",
    id,
    identifier: null,
    base,
    before: before === undefined ? null : digestOf(before),
    content,
  };
}
