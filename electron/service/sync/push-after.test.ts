import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  answer,
  close,
  correction,
  his,
  observation,
  open,
  pc,
  posts,
  push,
  put,
  state,
  vitals,
  withdraw,
} from "./test-acts.ts";
import type { Put, Resource } from "./test-acts.ts";
import { pulse } from "./test-ward.ts";

/** What becomes of acts that cannot simply be sent: many, taken back, in conflict. */
beforeEach(open);
afterEach(close);

test("many sets travel in few transactions, in their order, each once", async () => {
  const sets = Array.from({ length: 30 }, (_, n) => vitals(n % 2 === 0 ? "amina" : "basma", n));
  await push();
  expect(sets.map((set) => state(set)?.state)).toEqual(sets.map(() => "acknowledged"));
  expect(posts()).toBeLessThanOrEqual(4);
  const arrived = his.all("Observation").map(({ id }) => id);
  expect(new Set(arrived).size).toBe(60);
  for (const patient of [0, 1]) {
    const own = sets
      .filter((_, n) => n % 2 === patient)
      .flatMap(({ body }) => body.act.entries.map(({ resource }) => resource["id"]));
    expect(arrived.filter((id) => own.includes(id))).toEqual(own);
  }
});

test("second copies of many sets are looked for with one question, and never left out", async () => {
  for (let n = 0; n < 10; n += 1) vitals("amina", n);
  await push();
  expect(his.requests(/act-set.*_summary=count/u)).toHaveLength(1);
  expect(pc.journal.uncountedActs(10)).toEqual([]);
});

test("what leaves next is committed while others travel, and no more travel than policy says", async () => {
  const sets = Array.from({ length: 300 }, (_, n) => vitals(`patient-${n % 30}`, n));
  let travelling = 0;
  let most = 0;
  let ahead = 0;
  const begun = (): number => sets.filter((set) => state(set)?.state === "sending").length;
  his.before = async ({ method, body }) => {
    if (method !== "POST") return null;
    travelling += 1;
    most = Math.max(most, travelling);
    const carried = sets.filter(({ uuid }) => body.includes(uuid)).length;
    await new Promise((resolve) => setTimeout(resolve, 5));
    // Each carries as many; what is begun beyond those that travel waits for its place.
    ahead = Math.max(ahead, begun() - carried * travelling);
    travelling -= 1;
    return null;
  };
  await push();
  expect([most, ahead > 0]).toEqual([3, true]);
  expect(sets.map((set) => state(set)?.state)).toEqual(sets.map(() => "acknowledged"));
});

test("of a long outbox second copies are looked for while the rest is still being sent, and each set once", async () => {
  const sets = Array.from({ length: 300 }, (_, n) => vitals(n % 2 === 0 ? "amina" : "basma", n));
  await push();
  const questions = his.requests(/act-set.*_summary=count/u);
  const lastSent = his.log.findLastIndex((line) => line.startsWith("POST"));
  expect(his.log.indexOf(questions[0] ?? "")).toBeLessThan(lastSent);
  expect(questions.length).toBeLessThanOrEqual(2 * Math.ceil(sets.length / 60));
  for (const { uuid } of sets)
    expect(questions.filter((one) => one.includes(uuid))).toHaveLength(1);
  expect(pc.journal.uncountedActs(10)).toEqual([]);
});

test("a HIS that cannot count is asked in detail, and a second copy is found all the same", async () => {
  his.offersCounts = false;
  const set = vitals();
  his.after = ({ method }) => {
    if (method !== "POST") return;
    for (const one of his.all("Observation")) his.put({ ...one, id: `twin-${one.id}` });
    his.after = () => {};
  };
  await push();
  expect(pc.alarms).toContainEqual({
    kind: "duplicate",
    act: set.uuid,
    type: "Observation",
    copies: 2,
  });
});

test("second copies are looked for after the next drain when the HIS went away before", async () => {
  vitals();
  his.after = ({ method }) => {
    if (method === "POST") his.down = true;
  };
  await push();
  expect(pc.journal.uncountedActs(10)).toHaveLength(1);
  his.down = false;
  his.after = () => {};
  await push(60);
  expect(pc.journal.uncountedActs(10)).toEqual([]);
});

test("one bad set among many is parked, and the others arrive", async () => {
  const good = [vitals(), vitals()];
  const bad = put("vitals", [
    { base: null, resource: { ...pulse("amina", randomUUID()), valueString: "poison" } },
  ]);
  const later = vitals();
  await push();
  expect(state(bad)).toMatchObject({ state: "parked", why: "refused" });
  expect([...good, later].map((set) => state(set)?.state)).toEqual(Array(3).fill("acknowledged"));
});

test("a HIS that takes less in one transaction is sent less", async () => {
  his.mostEntries = 10;
  for (let n = 0; n < 60; n += 1) vitals("amina", n);
  await push();
  expect(pc.journal.actCounts().waiting).toBe(0);
  expect(his.all("Observation")).toHaveLength(120);
});

test("a set that was never sent is withdrawn at once, and nothing of it ever leaves this PC", async () => {
  his.down = true;
  await push();
  const set = vitals();
  expect(withdraw(set).how).toBe("settled");
  expect(state(set)).toMatchObject({ state: "settled", why: "withdrawn" });
  his.down = false;
  await push(60);
  expect(posts()).toBe(0);
  expect(pc.journal.settledActs(10)).toHaveLength(2);
});

test("a set whose fate is unknown is looked for: what the HIS does not have is over, unsent", async () => {
  const set = vitals();
  pc.journal.setAct(set.uuid, { state: "sending" }, []);
  const { uuid, how } = withdraw(set);
  expect(how).toBe("queued");
  await push();
  expect(posts()).toBe(0);
  expect([state(set)?.state, state({ uuid })?.state]).toEqual(["settled", "settled"]);
});

test("a set the HIS turned out to have is entered in error there, once, also if that answer is lost", async () => {
  const set = vitals();
  let lost = 2;
  his.after = ({ method }) => {
    if (method === "POST" && lost-- > 0) throw new TypeError("socket hang up");
  };
  await push();
  const { uuid } = withdraw(set);
  await push(60);
  await push(600);
  const ids = set.body.act.entries.map(({ resource }) => String(resource["id"]));
  for (const id of ids)
    expect(observation(id)).toMatchObject({
      status: "entered-in-error",
      meta: { versionId: "2" },
      note: [{ text: "wrong patient" }],
    });
  expect([state(set)?.state, state({ uuid })?.state]).toEqual(["acknowledged", "acknowledged"]);
});

test("an entry that is over cannot be withdrawn any more", async () => {
  const set = vitals();
  await push();
  expect(withdraw(set).how).toBe("late");
});

test("a correction on the version that was shown is one update of it", async () => {
  his.put(pulse("amina", "obs", 130));
  const fix = correction("obs", {
    status: "corrected",
    valueQuantity: { value: 103, unit: "/min" },
  });
  await push();
  expect(state(fix)?.state).toBe("acknowledged");
  expect(observation("obs")).toMatchObject({
    valueQuantity: { value: 103 },
    meta: { versionId: "2" },
  });
});

test("a change of the same value at the HIS is a conflict: both versions are kept, and nothing is overwritten", async () => {
  his.put(pulse("amina", "obs", 130));
  const fix = correction("obs", {
    status: "corrected",
    valueQuantity: { value: 103, unit: "/min" },
  });
  his.put(pulse("amina", "obs", 113));
  await push();
  const kept = state(fix);
  expect(kept).toMatchObject({ state: "parked", why: "conflict" });
  expect(JSON.parse(kept?.theirs ?? "")["Observation/obs"]).toMatchObject({
    valueQuantity: { value: 113 },
    meta: { versionId: "2" },
  });
  expect(JSON.parse(kept?.base ?? "")["Observation/obs"]).toMatchObject({
    valueQuantity: { value: 130 },
  });
  expect(observation("obs")).toMatchObject({ valueQuantity: { value: 113 } });
});

test("changes that do not touch are merged: her value and their note both stand", async () => {
  his.put(pulse("amina", "obs", 130));
  const fix = correction("obs", {
    status: "corrected",
    valueQuantity: { value: 103, unit: "/min" },
  });
  his.put({ ...pulse("amina", "obs", 130), note: [{ text: "seen by the doctor" }] });
  await push();
  expect(state(fix)?.state).toBe("acknowledged");
  expect(pc.events.map(({ kind }) => kind)).toContain("merged");
  expect(observation("obs")).toMatchObject({
    valueQuantity: { value: 103 },
    note: [{ text: "seen by the doctor" }],
    meta: { versionId: "3" },
  });
});

test("what a correction changes was deleted at the HIS: it is parked and not made anew", async () => {
  his.put(pulse("amina", "obs", 130));
  const fix = correction("obs", { status: "corrected" });
  his.remove("Observation", "obs");
  his.before = ({ method }) => (method === "POST" ? answer(410, "deleted") : null);
  await push();
  expect(state(fix)).toMatchObject({ state: "parked", why: "gone" });
  expect(observation("obs")).toBeUndefined();
});

test("a dose that another PC gave for the same due time is alarmed as soon as ours has arrived", async () => {
  const due = [
    { url: "urn:amanah:administration-due", valueDateTime: "2026-11-23T09:00:00+03:00" },
  ];
  const dose = (id: string) => ({
    resourceType: "MedicationAdministration",
    id,
    status: "completed",
    subject: { reference: "Patient/amina" },
    request: { reference: "MedicationRequest/order-1" },
    effectiveDateTime: "2026-11-23T09:05:00+03:00",
    extension: due,
  });
  his.put(dose("theirs"));
  put("correction", [{ base: null, resource: dose(randomUUID()) }]);
  await push();
  expect(pc.alarms).toContainEqual({
    kind: "double-dose",
    patient: "amina",
    order: "order-1",
    doses: 2,
  });
});

test("a patient with a long queue does not hold up the others", async () => {
  for (let n = 0; n < 300; n += 1) vitals("amina", n);
  const other = vitals("basma");
  await push();
  expect(state(other)?.state).toBe("acknowledged");
  const ids = new Set(other.body.act.entries.map(({ resource }) => resource["id"]));
  const place = his.all("Observation").findIndex(({ id }) => ids.has(id));
  expect(place).toBeLessThan(150);
});

/** What the HIS holds under an act's first id since somebody there has put it right. */
function correctedThere(set: Put): Resource {
  const [entry] = set.body.act.entries;
  return his.put({ ...entry?.resource, status: "corrected", valueQuantity: { value: 101 } });
}

test("what an older journal takes for unsent is never written over what was corrected at the HIS meanwhile", async () => {
  const set = vitals();
  const there = correctedThere(set);
  await push();
  expect(state(set)).toMatchObject({ state: "parked", why: "partly" });
  expect(his.all("Observation")).toEqual([there]);
});

test("a journal that may be older than what it stands for asks first, also at a HIS that overwrites whatever is there", async () => {
  his.onlyNew = "ignored";
  const set = vitals();
  const there = correctedThere(set);
  pc.journal.doubtUnsent();
  await push();
  expect(state(set)).toMatchObject({ state: "parked", why: "partly" });
  expect(his.all("Observation")).toEqual([there]);
});

test("what is at the HIS already, as it was charted, is received and not written again", async () => {
  const set = vitals();
  for (const { resource } of set.body.act.entries) his.put(resource);
  const other = vitals("basma");
  await push();
  expect([set, other].map((one) => state(one)?.state)).toEqual(["acknowledged", "acknowledged"]);
  expect(his.all("Observation").map(({ meta }) => Object(meta).versionId)).toEqual(
    Array.from({ length: 4 }, () => "1"),
  );
});

test("a HIS that does not know a condition on what is new is asked without it, and so from then on", async () => {
  his.onlyNew = "unknown";
  const first = vitals();
  await push();
  expect(state(first)?.state).toBe("acknowledged");
  const before = posts();
  const second = vitals();
  await push();
  expect(state(second)?.state).toBe("acknowledged");
  expect(posts()).toBe(before + 1);
  expect(his.all("Observation")).toHaveLength(4);
});

test("what follows a change that the HIS failed at waits for it, also within one drain", async () => {
  his.put(pulse("amina", "o1", 70));
  const change = correction("o1", { status: "corrected" });
  const next = vitals();
  let failed = false;
  his.before = ({ method, path }) => {
    if (method !== "POST" || path !== "" || failed) return null;
    failed = true;
    return answer(500, "not now");
  };
  await push();
  expect([change, next].map((one) => state(one)?.state)).toEqual(["waiting", "waiting"]);
  expect(state(next)?.attempts).toBe(0);
  await push(600);
  expect([change, next].map((one) => state(one)?.state)).toEqual(["acknowledged", "acknowledged"]);
});
