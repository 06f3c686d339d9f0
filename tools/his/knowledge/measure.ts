import { drugAllergyCheck } from "../../../shared/clinical/drug-allergy/index.ts";
import type { Knowledge } from "../../../shared/clinical/drug-allergy/index.ts";
import type { Labelled } from "./labelled-set.ts";

const SYSTEMS = {
  rx: "http://www.nlm.nih.gov/research/umls/rxnorm",
  sct: "http://snomed.info/sct",
} as const;

export interface Judged {
  readonly labelled: Labelled;
  readonly action: "stop" | "inform" | "none";
}

/** What the check says of each case. */
export function judge(cases: readonly Labelled[], knowledge: Knowledge | null): Judged[] {
  return cases.map((labelled) => ({
    labelled,
    action: drugAllergyCheck({
      allergies: [{ resource: allergyOf(labelled.allergy), provenance: "effective" }],
      section: { loaded: true, damaged: false, unreadable: [] },
      given: [],
      knowledge,
      now: "2026-11-23T20:00:00+03:00",
    })({ concept: orderOf(labelled.order), words: labelled.order.says }).action,
  }));
}

/**
 * Sensitivity: of the definite matches, the share that is brought to sight as labelled (a stop that stops). Precision: of all
 * stops, the share that the labels want.
 */
export function measure(judged: readonly Judged[]): { sensitivity: number; precision: number } {
  const definite = judged.filter(({ labelled }) => labelled.definite);
  const stopped = judged.filter(({ action }) => action === "stop");
  return {
    sensitivity: definite.filter(({ action }) => action === "stop").length / definite.length,
    precision:
      stopped.filter(({ labelled }) => labelled.expected === "stop").length / stopped.length,
  };
}

function allergyOf({ says, code, was, category, reaction, status }: Labelled["allergy"]) {
  const [verification, clinical] =
    status === "resolved" ? ["confirmed", "resolved"] : [status ?? "confirmed", "active"];
  return {
    resourceType: "AllergyIntolerance",
    id: "allergy",
    type: was === "intolerance" ? "intolerance" : "allergy",
    clinicalStatus: { coding: [{ code: clinical }] },
    verificationStatus: { coding: [{ code: verification }] },
    ...(category !== undefined && { category: [category] }),
    ...(was !== "unstated" && { criticality: was === "severe" ? "high" : "low" }),
    code: {
      text: says,
      ...(code !== undefined && { coding: [{ system: SYSTEMS[code[0]], code: code[1] }] }),
    },
    ...(reaction !== undefined && { reaction: [{ manifestation: [{ text: reaction }] }] }),
  };
}

function orderOf({ says, code }: Labelled["order"]) {
  return { text: says, ...(code !== undefined && { coding: [{ system: SYSTEMS.rx, code }] }) };
}
