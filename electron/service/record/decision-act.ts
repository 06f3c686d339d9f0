import { signatureElement } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { ACT_SET_SYSTEM, ACT_SYSTEM, type Act } from "../../../shared/trust/index.ts";
import { resourceUuid } from "./act-ids.ts";

export interface DecisionInput {
  readonly uuid: string;
  readonly patient: string;
  readonly author: string;
  readonly workstation: string;
  /** Instant and offset. */
  readonly at: string;
  readonly verdict: "accept" | "keep";
  readonly reason: string;
  /** What is in force here. */
  readonly inForce: FhirResource;
  /** What the HIS claims; null: that it is gone. */
  readonly claimed: FhirResource | null;
  readonly goneVersion: string | null;
  /** Whose the record is, by the claim. */
  readonly claimedFor: string;
}

/** A fact that the HIS has deleted as it is written there anew: the same words under an id of ours. */
export function anewOf(inForce: FhirResource, act: string): FhirResource {
  const { meta: _meta, identifier, ...words } = inForce;
  const id = resourceUuid(act, "anew");
  const own = Array.isArray(identifier) ? (identifier as unknown[]) : [];
  return {
    ...words,
    id,
    identifier: [...own, { system: ACT_SYSTEM, value: id }, { system: ACT_SET_SYSTEM, value: act }],
  };
}

/**
 * A clinician's decision about a held change, as one act. *Keep* writes the version in force over the claim (`If-Match`), or
 * anew where the HIS has deleted it; *accept* leaves the record as the HIS has it. Both say so in a Provenance (FHIR R4, 6.3).
 */
export function makeDecisionAct(input: DecisionInput): Act {
  const { inForce, claimed, verdict, uuid } = input;
  const anew = anewOf(inForce, uuid);
  const { meta: _meta, ...words } = inForce;
  const written: Act["entries"] =
    verdict === "accept"
      ? []
      : claimed === null
        ? [{ resource: anew, base: null }]
        : [{ resource: words, base: claimed.meta?.versionId ?? null }];
  const id = resourceUuid(uuid, "provenance");
  const target =
    verdict === "keep" && claimed === null
      ? `${inForce.resourceType}/${anew.id}`
      : versionOf(inForce, claimed, input.goneVersion, verdict);
  const provenance: FhirResource = {
    resourceType: "Provenance",
    id,
    target: [{ reference: target }, { reference: `Patient/${input.patient}` }],
    occurredDateTime: input.at,
    recorded: input.at,
    reason: [{ text: input.reason }],
    activity: {
      coding: [{ system: "urn:amanah:decision", code: verdict }],
      text: verdict === "accept" ? "Change accepted" : "Change refused, kept as it was",
    },
    agent: [{ who: { reference: `Practitioner/${input.author}` } }],
  };
  return {
    v: 1,
    uuid,
    kind: "decision",
    patient: input.patient,
    author: input.author,
    workstation: input.workstation,
    at: input.at,
    entries: [...written, { resource: provenance, base: null }],
  };
}

/** The same decision, with her signature over what is changed by it in its Provenance: any other PC may believe it. */
export function withProof(act: Act, jws: string): Act {
  const who = { reference: `Practitioner/${act.author}` };
  const entries = act.entries.map((entry) =>
    entry.resource.resourceType === "Provenance"
      ? {
          ...entry,
          resource: { ...entry.resource, signature: [signatureElement(jws, act.at, who)] },
        }
      : entry,
  );
  return { ...act, entries };
}

function versionOf(
  inForce: FhirResource,
  claimed: FhirResource | null,
  goneVersion: string | null,
  verdict: "accept" | "keep",
): string {
  const name = `${inForce.resourceType}/${inForce.id}`;
  // The version she writes has no number yet; its target is the record as it will be.
  const version = verdict === "keep" ? null : (claimed?.meta?.versionId ?? goneVersion);
  return version === null || version === undefined ? name : `${name}/_history/${version}`;
}
