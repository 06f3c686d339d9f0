import type { HoldReason } from "../../../shared/contract/guard.ts";
import { field, objects, text } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { claimKey, type AcceptedFact, type Claim, type Opinion } from "./fact.ts";

/** One line of policy's list: which held changes two clinicians must decide the same way. */
export interface TwoFor {
  readonly type: string;
  readonly change: HoldReason | "any";
  /** Only where criticality is high or a reaction was severe. */
  readonly onlySevere: boolean;
}

/** Whether policy wants two clinicians for this change of what is in force. */
export function needsTwo(
  list: readonly TwoFor[],
  inForce: FhirResource,
  { reasons }: Pick<Claim, "reasons">,
): boolean {
  return list.some(
    ({ type, change, onlySevere }) =>
      type === inForce.resourceType &&
      (change === "any" || reasons.includes(change)) &&
      (!onlySevere || isSevere(inForce)),
  );
}

function isSevere(allergy: FhirResource): boolean {
  return (
    text(field(allergy, "criticality")) === "high" ||
    objects(field(allergy, "reaction")).some((one) => text(field(one, "severity")) === "severe")
  );
}

/** What her word does about a claim. */
export type Weight =
  /** It decides; `first`: the colleague who had said the same before her. */
  | { readonly kind: "decides"; readonly first: Opinion | null }
  /** It is written down, and the claim waits for somebody else who says the same. */
  | { readonly kind: "waits" }
  /** She has said so before. */
  | { readonly kind: "said-before" };

/**
 * One clinician's word on a claim. SECURITY: where two are wanted only somebody else's same word makes hers a decision, and
 * only while that colleague may still decide (`isEntitled`): a stolen account that was revoked counts no more. Who says
 * otherwise than a colleague leaves it open; nothing is decided by waiting.
 */
export function weightOf(input: {
  readonly opinions: readonly Opinion[];
  readonly by: string;
  readonly verdict: Opinion["verdict"];
  readonly two: boolean;
  readonly isEntitled: (clinician: string) => boolean;
}): Weight {
  const { opinions, by, verdict, two } = input;
  if (!two) return { kind: "decides", first: null };
  const first = opinions.find(
    (one) => one.by !== by && one.verdict === verdict && input.isEntitled(one.by),
  );
  if (first !== undefined) return { kind: "decides", first };
  const said = opinions.some((one) => one.by === by && one.verdict === verdict);
  return { kind: said ? "said-before" : "waits" };
}

/** The fact with her opinion of a claim, in place of her earlier one; null when the claim is no longer there. */
export function withOpinion(
  fact: AcceptedFact,
  claim: string,
  opinion: Opinion,
): AcceptedFact | null {
  if (!fact.claims.some((one) => claimKey(one) === claim)) return null;
  const claims = fact.claims.map((one) =>
    claimKey(one) === claim
      ? { ...one, opinions: [...one.opinions.filter(({ by }) => by !== opinion.by), opinion] }
      : one,
  );
  return { ...fact, claims };
}
