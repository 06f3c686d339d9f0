import {
  codings,
  field,
  objects,
  text,
  type OrderedMedicine,
} from "../../../shared/clinical/index.ts";
import type { MedicineChoice } from "../../../shared/contract/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import { makeOrderAct, type OrderActInput } from "./order-act.ts";

/** An order as it was asked for, before the pack has named its medicine. */
export interface OrderAsked extends Omit<
  OrderActInput,
  "medicine" | "encounter" | "override" | "author" | "workstation"
> {
  readonly medicine: MedicineChoice;
  readonly override: { readonly reason: string } | null;
}

/**
 * What was saved before, if it is what is asked now; null: it is something else. What is not hers to say again is taken from the
 * saved one: the pack's name of the code, the stay, and which records stopped then.
 */
export function savedAsAsked(saved: Act, asked: OrderAsked, author: string): Act | null {
  const [entry] = saved.entries;
  if (saved.kind !== "order" || entry === undefined) return null;
  const said = medicineIn(field(entry.resource, "medicationCodeableConcept"));
  if (said === null || !isChosen(said, asked.medicine)) return null;
  const stay = text(field(field(entry.resource, "encounter"), "reference"));
  const again = makeOrderAct({
    ...asked,
    author,
    workstation: saved.workstation,
    medicine: said,
    encounter: stay?.replace("Encounter/", "") ?? null,
    override: overruled(entry.resource["note"], asked.override?.reason ?? null),
  });
  return JSON.stringify(again) === JSON.stringify(saved) ? saved : null;
}

/** Her reason, with the records that stopped then. Where nothing stopped there is no note, whatever reason the page sent. */
function overruled(note: unknown, reason: string | null): OrderActInput["override"] {
  const said = text(field(objects(note)[0], "text"));
  if (said === null || reason === null) return null;
  // An id has no colon (FHIR R4): what stands before the first is the records, whatever she wrote after it.
  const records = said.slice(0, said.indexOf(": "));
  const allergies = [...records.matchAll(/AllergyIntolerance\/(?<id>[A-Za-z0-9.-]+)/gu)];
  return { reason, allergies: allergies.map(({ groups }) => groups?.["id"] ?? "") };
}

function medicineIn(concept: unknown): OrderedMedicine | null {
  const name = text(field(concept, "text"));
  if (name === null) return null;
  const [coding] = codings(concept);
  return coding === undefined
    ? { kind: "words", words: name }
    : { kind: "coded", system: coding.system, code: coding.code, name };
}

function isChosen(said: OrderedMedicine, chosen: MedicineChoice): boolean {
  if (said.kind === "words") return chosen.kind === "words" && said.words === chosen.words;
  return chosen.kind === "coded" && said.system === chosen.system && said.code === chosen.code;
}
