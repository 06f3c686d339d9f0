import { expect, test } from "vitest";
import { readPack } from "../../../shared/clinical/drug-allergy/index.ts";
import { DEMO_PACK, demoPack } from "./index.ts";
import { LABELLED, WRITTEN } from "./labelled-set.ts";
import { judge, measure } from "./measure.ts";

const pack = readPack(demoPack(), { ...DEMO_PACK, validTo: "2027-11-01T00:00:00Z" });

/** What the check cannot tell, and errs towards the stop: it does not read sentences. */
const KNOWN_FALSE_STOPS = [
  "Not allergic to penicillin, tested 2021",
  "Mother allergic to aspirin",
  "Tolerates ceftriaxone",
];

test("of the labelled set no definite match is missed, and hard stops are wanted", () => {
  const judged = judge(LABELLED, pack);
  const whole = measure(judged);
  const written = measure(judge(WRITTEN, pack));
  console.log(
    `labelled set: ${LABELLED.length} cases (${WRITTEN.length} written); sensitivity ${whole.sensitivity}, precision ${whole.precision.toFixed(3)} (written alone ${written.precision.toFixed(3)})`,
  );
  expect(WRITTEN.length).toBeGreaterThanOrEqual(150);
  expect(whole.sensitivity).toBe(1);
  expect(written.precision).toBeGreaterThanOrEqual(0.9);
  const wrong = judged.filter(({ labelled, action }) => labelled.expected !== action);
  expect(wrong.map(({ labelled }) => labelled.allergy.says)).toEqual(KNOWN_FALSE_STOPS);
  expect(wrong.every(({ action }) => action === "stop")).toBe(true);
});

test("without a pack the same substance still stops, and nothing stops that should not", () => {
  const judged = judge(WRITTEN, null);
  const same = judged.filter(
    ({ labelled: { allergy, order, definite } }) =>
      definite && order.says.toLowerCase().startsWith(allergy.says.toLowerCase()),
  );
  expect(same.length).toBeGreaterThan(3);
  for (const { action } of same) expect(action).toBe("stop");
  const unwanted = judged.filter(
    ({ labelled, action }) => action === "stop" && labelled.expected !== "stop",
  );
  expect(unwanted.map(({ labelled }) => labelled.allergy.says)).toEqual(
    KNOWN_FALSE_STOPS.filter((one) => one !== "Not allergic to penicillin, tested 2021"),
  );
});
