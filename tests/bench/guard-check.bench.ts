import { drugAllergyCheck, readPack } from "../../shared/clinical/drug-allergy/index.ts";
import type {
  AllergyEntry,
  GivenDose,
  Medicine,
} from "../../shared/clinical/drug-allergy/index.ts";
import { DEMO_PACK, demoPack } from "../../tools/his/knowledge/index.ts";
import { LABELLED, WRITTEN } from "../../tools/his/knowledge/labelled-set.ts";
import { judge, measure } from "../../tools/his/knowledge/measure.ts";

const ALLERGIES = 30;
const MEDICINES = 40;
const DOSES = 200;
const WARM_UP = 100;
/** So many that a P99 is no matter of five of them: while the process still grows some stand still for milliseconds. */
const RUNS = 2000;

/**
 * The drug-allergy check of one patient whole, from raw records to answers: 30 allergies against 40 medicines with 200 doses
 * given before; and what it finds of the labelled set. Nothing is remembered from one check to the next, so that each is of a
 * patient never seen. `Cold` is the very first after the pack was read, before the engine has compiled any of it.
 * Precision is that of the written cases, the harder ones.
 */
export function benchGuardCheck(): Promise<Record<string, number>> {
  const knowledge = readPack(demoPack(), { ...DEMO_PACK, validTo: "2099-01-01T00:00:00Z" });
  const allergies = Array.from({ length: ALLERGIES }, (_, index) => allergyAt(index));
  const medicines = Array.from({ length: MEDICINES }, (_, index) => medicineAt(index));
  const given = Array.from({ length: DOSES }, (_, index) => doseAt(index));
  const section = { loaded: true, damaged: false, unreadable: [] };
  const now = "2026-11-23T14:00:00+03:00";

  const times: number[] = [];
  let cold: number | null = null;
  let stops = 0;
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    const from = performance.now();
    const check = drugAllergyCheck({ allergies, section, given, knowledge, now });
    for (const medicine of medicines) stops += Number(check(medicine).action === "stop");
    const millis = performance.now() - from;
    cold ??= millis;
    if (run >= WARM_UP) times.push(millis);
  }
  if (stops === 0) throw new Error("nothing was checked");
  const { sensitivity } = measure(judge(LABELLED, knowledge));
  const { precision } = measure(judge(WRITTEN, knowledge));
  return Promise.resolve({
    "guard.allergyCheckP99Ms": quantile(times, 0.99),
    "guard.allergyCheckP50Ms": quantile(times, 0.5),
    "guard.allergyCheckColdMs": cold ?? Number.NaN,
    "guard.checkSensitivity": sensitivity,
    "guard.checkPrecision": precision,
    "guard.checkCases": LABELLED.length,
  });
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

const sayings = WRITTEN.map(({ allergy }) => allergy.says);
const orders = WRITTEN.map(({ order }) => order.says);

function allergyAt(index: number): AllergyEntry {
  const says = sayings[(index * 5) % sayings.length] ?? "";
  return {
    provenance: index % 3 === 0 ? "claimed" : "effective",
    resource: {
      resourceType: "AllergyIntolerance",
      id: `a${index}`,
      code: { text: says },
      criticality: index % 2 === 0 ? "high" : "low",
      recordedDate: "2019-05-01",
      reaction: [{ manifestation: [{ text: "Rash" }] }],
    },
  };
}

function medicineAt(index: number): Medicine {
  const words = orders[(index * 4) % orders.length] ?? "";
  return { words, concept: { text: words } };
}

function doseAt(index: number): GivenDose {
  return { medicine: medicineAt(index % 17), at: "2026-11-20T08:00:00+03:00" };
}
