import { afterEach, beforeEach, expect, test } from "vitest";
import { close, correction, his, observation, open, pc, push, state, vitals } from "./test-acts.ts";
import { pulse } from "./test-ward.ts";

/** What becomes of acts that the HIS had acknowledged and has forgotten. */
beforeEach(open);
afterEach(close);

test("a HIS that was restored from a backup gets again what it lost: everything, once, in order", async () => {
  const early = vitals("amina", 1);
  await push();
  const backup = his.clock;
  his.clock += 60_000;
  pc.now += 60_000;
  const lost = [vitals("amina", 11), vitals("basma", 21), vitals("amina", 31)];
  await push();
  expect(his.all("Observation")).toHaveLength(8);
  his.goBack(backup);
  expect(his.all("Observation")).toHaveLength(2);
  await push(3600);
  expect(his.all("Observation")).toHaveLength(8);
  expect([early, ...lost].map((set) => state(set)?.state)).toEqual(Array(4).fill("acknowledged"));
  expect(pc.alarms).toContainEqual({ kind: "his-went-back", acts: 3 });
  expect(state(early)?.attempts).toBe(1);
});

test("where only acts of this PC tell of the restore, what others wrote is compared too, and goes only after a while", async () => {
  const backup = his.clock;
  his.clock += 60_000;
  pc.now += 60_000;
  await push();
  const set = vitals();
  await push();
  his.put(pulse("amina", "theirs"));
  const lists = (): number => his.requests(/Observation\?.*_elements=id,meta&_count=50$/u).length;
  const before = lists();
  his.goBack(backup);
  await push(3600);
  await push(30);
  expect(lists()).toBe(before + 1);
  await push(660);
  await push(30);
  expect(lists()).toBe(before + 2);
  expect(state(set)?.state).toBe("acknowledged");
  expect(his.all("Observation")).toHaveLength(2);
});

test("a PC whose clock was put back does not wait until it has caught up to look for what a restored HIS lost", async () => {
  const backup = his.clock;
  his.clock += 60_000;
  pc.now += 60_000;
  const set = vitals();
  await push();
  his.goBack(backup);
  expect(his.all("Observation")).toEqual([]);
  pc.now -= 2 * 86_400_000;
  await push();
  expect(his.all("Observation")).toHaveLength(2);
  expect(state(set)?.state).toBe("acknowledged");
});

test("what somebody deleted at the HIS is not brought back", async () => {
  const set = vitals();
  await push();
  for (const { resource } of set.body.act.entries)
    his.remove("Observation", String(resource["id"]));
  await push(3600);
  expect(his.all("Observation")).toEqual([]);
  expect(state(set)?.state).toBe("acknowledged");
});

test("a correction that the restore undid is made again", async () => {
  his.put(pulse("amina", "obs", 130));
  const backup = his.clock;
  his.clock += 60_000;
  const fix = correction("obs", {
    status: "corrected",
    valueQuantity: { value: 103, unit: "/min" },
  });
  await push();
  his.goBack(backup);
  await push(3600);
  expect(observation("obs")).toMatchObject({ valueQuantity: { value: 103 } });
  expect(state(fix)?.state).toBe("acknowledged");
});

test.each([
  ["had been sent", true],
  ["had not been sent yet", false],
])(
  "a correction that %s is not written over another patient's record that a restored HIS has under that number",
  async (_when, sent) => {
    const backup = his.clock;
    his.clock += 60_000;
    his.put(pulse("amina", "obs", 130));
    const fix = correction("obs", {
      status: "corrected",
      valueQuantity: { value: 103, unit: "/min" },
    });
    if (sent) await push();
    his.goBack(backup);
    his.clock += 60_000;
    his.put(pulse("basma", "obs", 60));
    await push(3600);
    expect(observation("obs")).toMatchObject({
      subject: { reference: "Patient/basma" },
      valueQuantity: { value: 60 },
      meta: { versionId: "1" },
    });
    expect(state(fix)).toMatchObject({ state: "parked", why: "gone" });
  },
);

test("a version whose time a HIS tells to the second when it is read alone is the one that was corrected", async () => {
  his.clock += 400;
  his.put(pulse("amina", "obs", 130));
  const fix = correction("obs", {
    status: "corrected",
    valueQuantity: { value: 103, unit: "/min" },
  });
  his.before = ({ method, path }) => {
    const held = observation("obs");
    if (method !== "GET" || path !== "Observation/obs" || held === undefined) return null;
    const meta = held["meta"] as { versionId: string; lastUpdated: string };
    const lastUpdated = meta.lastUpdated.replace(/\.\d+Z$/u, "Z");
    return new Response(JSON.stringify({ ...held, meta: { ...meta, lastUpdated } }), {
      headers: { "content-type": "application/fhir+json", date: new Date(his.clock).toUTCString() },
    });
  };
  await push();
  expect(his.requests(/^GET Observation\/obs$/u).length).toBeGreaterThan(0);
  expect(state(fix)?.state).toBe("acknowledged");
  expect(observation("obs")).toMatchObject({ valueQuantity: { value: 103 } });
});
