import { afterEach, beforeEach, expect, test } from "vitest";
import { isAnswerTo, partsOf } from "./batch-parts.ts";
import { NotAPage } from "./page.ts";
import { compare, pays } from "./batches.ts";
import { aminasWard, idsOf, roundOf, sectionOf } from "./test-amina.ts";
import type { BatchAnswer, TestHis } from "./test-his.ts";
import type { TestPc } from "./test-pc.ts";
import { allergy, pulse } from "./test-ward.ts";

const MINUTE = 60;
let his: TestHis;
let pc: TestPc;

/** A HIS without histories: every round must ask every type. */
beforeEach(() => {
  ({ his, pc } = aminasWard());
  his.offersHistory = false;
  his.offersBatches = true;
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

const round = (seconds?: number): Promise<void> => roundOf(his, pc, seconds);
const batches = (): number => his.requests(/^POST $/u).length;
async function requestsOf(work: () => Promise<void>): Promise<number> {
  const before = his.log.length;
  await work();
  return his.log.length - before;
}
async function rounds(count: number, seconds?: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await round(seconds);
}
const withoutRights = (parts: readonly BatchAnswer[]): readonly BatchAnswer[] =>
  parts.map((part) => ({
    ...part,
    resource: { ...part.resource, link: selfOf(part), entry: [] },
  }));
const entriesOf = ({ resource }: BatchAnswer): readonly unknown[] =>
  (resource?.["entry"] ?? []) as readonly unknown[];
function selfOf({ resource }: BatchAnswer): unknown[] {
  const links = (resource?.["link"] ?? []) as { relation: string }[];
  return links.filter(({ relation }) => relation === "self");
}

test("once batches have proven themselves a round in which nothing changed takes a few requests", async () => {
  await round();
  const alone = await requestsOf(round);
  await rounds(3);
  const together = await requestsOf(round);
  // The control key's statements, who is there, what vouches is not kept here, and all types at once.
  expect([alone, together]).toEqual([14, 3]);
  expect(sectionOf(pc, "amina", "Flag")).toMatchObject({ loaded: true });
  expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
});

test("what changed comes in a batch as it does alone, however much it is", async () => {
  await rounds(5);
  his.put(allergy("amina", "a2"));
  for (let n = 0; n < 120; n += 1) his.put(pulse("amina", `new-${n}`));
  const before = batches();
  await round();
  expect(batches()).toBe(before + 1);
  expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
  expect(idsOf(pc, "amina", "Observation")).toHaveLength(121);
});

test.each([
  ["has no batches", 1, () => (his.offersBatches = false)],
  ["leaves an answer out", 3, () => (his.inBatch = (parts) => parts.slice(1))],
  ["answers in another order", 1, () => (his.inBatch = (parts) => parts.toReversed())],
  ["finds nothing in a batch", 1, () => (his.inBatch = withoutRights)],
])(
  "a HIS that declares batches and %s is asked question by question",
  async (_name, most, breaks) => {
    await round();
    breaks();
    await rounds(4);
    his.put(allergy("amina", "a2"));
    await rounds(4);
    expect(batches()).toBeLessThanOrEqual(most);
    expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
    expect(pc.alarms).toEqual([]);
  },
);

test("a part that fails is asked by itself, and the others are not", async () => {
  await rounds(5);
  his.inBatch = (parts) =>
    parts.map((part, at) => (at === 1 ? { response: { status: "500" } } : part));
  his.put(allergy("amina", "a2"));
  expect(await requestsOf(round)).toBe(4);
  expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
});

test.each([
  [10, 2 + 2],
  [4, 2 + 4],
  [2, 14],
])(
  "a HIS that takes no more than %i questions in a batch is sent no more, and nothing is missed",
  async (most, requests) => {
    his.mostInBatch = most;
    await rounds(6);
    his.put(allergy("amina", "a2"));
    expect(await requestsOf(round)).toBe(requests);
    expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
    expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
  },
);

test.each([
  ["is cut short", 0.5],
  ["is empty", 0],
])("a batch whose answer %s changes nothing, and its questions go alone", async (_name, part) => {
  await rounds(5);
  his.cutBatch = part;
  his.put(allergy("amina", "a2"));
  await round();
  expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
  expect(pc.alarms).toEqual([]);
  expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
});

test("a part that holds less than it says it found is asked by itself", async () => {
  await rounds(5);
  const short = (part: BatchAnswer): BatchAnswer => ({
    ...part,
    resource: {
      ...part.resource,
      link: selfOf(part),
      total: entriesOf(part).length,
      entry: entriesOf(part).slice(0, -1),
    },
  });
  his.inBatch = (parts) => parts.map((part) => (entriesOf(part).length > 0 ? short(part) : part));
  his.put(allergy("amina", "a2"));
  await round();
  expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
});

test("batches that begin to answer in another order are not believed, from the first of them on", async () => {
  await rounds(5);
  his.inBatch = (parts) => parts.toReversed();
  his.put(allergy("amina", "a2"));
  await round();
  expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
  expect(pc.alarms).toEqual([]);
});

test("batches that begin to conceal are found out, and what they concealed is asked for again", async () => {
  await rounds(5);
  // Comparing ids, once an hour, would find it too.
  his.before = ({ query }) => (query.has("_elements") ? his.answer(null) : null);
  his.inBatch = withoutRights;
  his.put(allergy("amina", "a2"));
  await rounds(20, 5 * MINUTE);
  expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
  const before = batches();
  await rounds(3);
  expect(batches()).toBe(before);
});

test("a program that was started anew asks question by question, until batches have proven themselves again", async () => {
  await rounds(5);
  await pc.sync.stop();
  pc = pc.restart();
  his.inBatch = withoutRights;
  his.put(allergy("amina", "a2"));
  await round();
  expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
});

test("another patient's record in a batch is refused, and said", async () => {
  await rounds(5);
  const isOfAllergies = (part: BatchAnswer): boolean =>
    JSON.stringify(selfOf(part)).includes("/AllergyIntolerance?");
  const entry = [{ resource: allergy("basma", "b1") }];
  his.inBatch = (parts) =>
    parts.map((part) =>
      isOfAllergies(part) ? { ...part, resource: { ...part.resource, entry } } : part,
    );
  await round();
  expect(pc.alarms).toMatchObject([{ kind: "wrong-patient", id: "b1" }]);
  expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(idsOf(pc, "basma", "AllergyIntolerance")).toEqual([]);
});

const ASKED =
  "Flag?patient=a,b&_lastUpdated=ge2026-11-23T08%3A00%3A00.000Z&_sort=_lastUpdated&_count=50";
test.each([
  ["itself", `http://his/fhir/${ASKED}`, true],
  [
    "written another way",
    "https://x/r4/Flag?_count=9&patient=Patient/b,Patient/a&_lastUpdated=ge2026-11-23T11:00:00%2B03:00",
    true,
  ],
  ["another type", `http://his/fhir/${ASKED.replace("Flag", "Condition")}`, false],
  ["a type that ends alike", `http://his/fhir/X${ASKED}`, false],
  ["another patient", `http://his/fhir/${ASKED.replace("a,b", "a,c")}`, false],
  ["fewer patients", `http://his/fhir/${ASKED.replace("a,b", "a")}`, false],
  ["everybody", "http://his/fhir/Flag?_lastUpdated=ge2026-11-23T08:00:00Z", false],
  ["a later time", `http://his/fhir/${ASKED.replace("T08", "T09")}`, false],
  ["something narrower", `http://his/fhir/${ASKED}&status=active`, false],
  ["from the start", `http://his/fhir/${ASKED}&_offset=0`, true],
  ["its later pages", `http://his/fhir/${ASKED}&_offset=50`, false],
  ["only how many there are", `http://his/fhir/${ASKED}&_summary=count`, false],
  ["nothing that can be read", "http://[", false],
])(
  "a part of a batch counts only when it says that it answers this question: %s",
  (_name, self, counts) => {
    expect(isAnswerTo(ASKED, self)).toBe(counts);
  },
);

test.each([
  ["a search", { type: "searchset", entry: [{}] }],
  ["without answers", { type: "batch-response" }],
  ["one answer short", { type: "batch-response", entry: [] }],
  ["one answer long", { type: "batch-response", entry: [{}, {}] }],
])(
  "an answer that is no batch's, whole, is no answer to any of its questions: %s",
  (_name, told) => {
    const bytes = Buffer.from(JSON.stringify({ resourceType: "Bundle", ...told }));
    expect(() => partsOf(bytes, [ASKED])).toThrow(NotAPage);
  },
);

test.each([
  ["nothing was asked yet", [], 12, false],
  ["one round", [12], 12, false],
  ["two rounds", [12, 12], 12, true],
  ["single questions never pay", [1, 1, 1, 1, 1, 1], 1, false],
  ["a large hospital pays at once", [220], 12, true],
])("a proof costs no more than batches would have spared: %s", (_name, asked, unproven, worth) => {
  expect(pays(asked, unproven, 25)).toBe(worth);
});

const print = (...names: string[]) => ({ names, text: names.join(" ") });
test.each([
  [print("F/1", "F/2"), print("F/1", "F/2"), "same"],
  [print(), print(), "none"],
  [print("F/1", "F/2"), print(), "concealed"],
  [print("F/1"), print(), "concealed"],
  [print("F/1", "F/2", "F/3"), print("F/1"), "concealed"],
  [print("F/1", "F/2"), print("F/2", "F/3"), "unproven"],
  [print(), print("F/1"), "unproven"],
  [null, print("F/1"), "unproven"],
  [print("F/1"), null, "unproven"],
] as const)(
  "what a batch shows beside what was asked alone: %j, %j: %s",
  (alone, part, verdict) => {
    expect(compare(alone, part)).toBe(verdict);
  },
);
