import { signatureElement } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { ACT_SET_SYSTEM, ACT_SYSTEM, type Act } from "../../../shared/trust/index.ts";
import { resourceUuid } from "./act-ids.ts";

/** Code system of what was decided, in the Provenance's `activity`. */
export const DECISION_SYSTEM = "urn:amanah:decision";

export interface DecisionInput {
  readonly uuid: string;
  readonly patient: string;
  readonly author: string;
  readonly workstation: string;
  /** Instant and offset. */
  readonly at: string;
  readonly verdict: "accept" | "keep";
  /**
   * `opinion`: policy wants two, and she is the first: nothing is written but what she said. Else whom she agrees with, where
   * two were wanted; null: her word alone decides.
   */
  readonly alone: "opinion" | { readonly agreesWith: string } | null;
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
  const isOpinion = input.alone === "opinion";
  const written: Act["entries"] =
    verdict === "accept" || isOpinion
      ? []
      : claimed === null
        ? [{ resource: anew, base: null }]
        : [{ resource: words, base: claimed.meta?.versionId ?? null }];
  const id = resourceUuid(uuid, "provenance");
  const target =
    verdict === "keep" && claimed === null
      ? `${inForce.resourceType}/${anew.id}`
      : versionOf(inForce, claimed, input.goneVersion, verdict);
  const patient = { reference: `Patient/${input.patient}` };
  const provenance: FhirResource = {
    resourceType: "Provenance",
    id,
    // Of what she only has an opinion about she is not the author: it is what the opinion came from.
    ...(isOpinion
      ? { target: [patient], entity: [{ role: "source", what: { reference: named(inForce) } }] }
      : { target: [{ reference: target }, patient] }),
    occurredDateTime: input.at,
    recorded: input.at,
    reason: [{ text: input.reason }],
    activity: {
      coding: [{ system: DECISION_SYSTEM, code: isOpinion ? `${verdict}-wanted` : verdict }],
      text: WORDS[verdict][isOpinion ? "opinion" : "decision"],
    },
    agent: [
      { who: { reference: `Practitioner/${input.author}` } },
      ...(typeof input.alone === "object" && input.alone !== null
        ? [{ type: VERIFIER, who: { reference: `Practitioner/${input.alone.agreesWith}` } }]
        : []),
    ],
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

const VERIFIER = {
  coding: [
    {
      system: "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
      code: "verifier",
    },
  ],
};
const WORDS = {
  accept: {
    decision: "Change accepted",
    opinion: "Would accept the change; a second clinician is wanted",
  },
  keep: {
    decision: "Change refused, kept as it was",
    opinion: "Would refuse the change; a second clinician is wanted",
  },
} as const;

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

const named = ({ resourceType, id }: FhirResource): string => `${resourceType}/${id}`;

function versionOf(
  inForce: FhirResource,
  claimed: FhirResource | null,
  goneVersion: string | null,
  verdict: "accept" | "keep",
): string {
  const name = named(inForce);
  // The version she writes has no number yet; its target is the record as it will be.
  const version = verdict === "keep" ? null : (claimed?.meta?.versionId ?? goneVersion);
  return version === null || version === undefined ? name : `${name}/_history/${version}`;
}
