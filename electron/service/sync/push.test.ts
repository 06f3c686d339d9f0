import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ACT_SYSTEM } from "../../../shared/trust/index.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, buildWard, pulse } from "./test-ward.ts";

let his: TestHis;
let pc: TestPc;

beforeEach(() => {
  his = createTestHis();
  buildWard(his, 2);
  admit(his, "amina", "bed-1");
  pc = createTestPc(his);
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

interface Charted {
  readonly uuid: string;
  readonly resources: readonly string[];
}

/** Puts a set of two observations in the outbox. */
function chart(patient = "amina", change: Record<string, unknown> = {}): Charted {
  const uuid = randomUUID();
  const resources = [randomUUID(), randomUUID()];
  const entries = resources.map((id, n) => ({
    base: null,
    resource: {
      ...pulse(patient, id, 70 + n),
      identifier: [{ system: ACT_SYSTEM, value: id }],
      ...change,
    },
  }));
  const at = "2026-11-23T09:00:00+03:00";
  const act = {
    v: 1,
    uuid,
    kind: "vitals",
    patient,
    author: "nurse-1",
    workstation: "pc-1",
    at,
    entries,
  };
  pc.journal.putAct(
    {
      uuid,
      kind: "vitals",
      patient,
      author: "nurse-1",
      at,
      queuedAt: pc.now,
      body: JSON.stringify({ act, signature: "sig" }),
    },
    [],
  );
  return { uuid, resources };
}

/** How many copies of each resource the HIS holds. */
const copies = ({ resources }: Charted): number[] =>
  resources.map(
    (id) =>
      his
        .all("Observation")
        .filter((each) =>
          ((each["identifier"] ?? []) as { value: string }[]).some(({ value }) => value === id),
        ).length,
  );
const state = ({ uuid }: Charted) => pc.journal.act(uuid);
const sent = (): number => his.requests(/^POST $/u).length;

async function push(seconds = 0): Promise<void> {
  pc.now += seconds * 1000;
  his.clock += seconds * 1000;
  await pc.sync.pullNow();
  await pc.sync.pushNow();
  await pc.sync.idle();
}

function loseOneAnswer(): void {
  let lost = false;
  his.after = ({ method }) => {
    if (method === "POST" && !lost) {
      lost = true;
      throw new TypeError("socket hang up");
    }
  };
}

test("a set of vitals reaches the HIS as one transaction and leaves the outbox", async () => {
  const set = chart();
  await push();
  expect(copies(set)).toEqual([1, 1]);
  expect(sent()).toBe(1);
  expect(state(set)).toMatchObject({ state: "acknowledged", attempts: 1, reason: null });
  expect(JSON.parse(state(set)?.stored ?? "")).toEqual(
    Object.fromEntries(
      set.resources.map((id) => [id, { type: "Observation", id, versionId: "1" }]),
    ),
  );
  expect(pc.acknowledged).toEqual([set.uuid]);
  expect(pc.events.map(({ kind }) => kind)).toEqual(["acknowledged"]);
});

test.each([
  ["the HIS takes our ids", true, true],
  ["the HIS gives its own ids", false, false],
  ["the HIS says it takes our ids and does not", false, true],
])(
  "a set arrives exactly once although the answer was lost, when %s",
  async (_name, takes, declares) => {
    his.updateCreate = takes;
    his.declaresUpdateCreate = declares;
    const set = chart();
    loseOneAnswer();
    await push();
    expect(state(set)?.state).toBe("waiting");
    await push(30);
    await push(600);
    expect(copies(set)).toEqual([1, 1]);
    expect(state(set)?.state).toBe("acknowledged");
  },
);

test("that a HIS does not take our ids, whatever it says, is found out once, and kept over a restart", async () => {
  his.updateCreate = false;
  his.declaresUpdateCreate = true;
  const sets = [chart(), chart(), chart()];
  await push();
  // All together, then the first alone in both ways; the others are asked for as it takes them.
  expect(sent()).toBe(1 + 2 + 1 + 1);
  await pc.sync.stop();
  pc = pc.restart();
  sets.push(chart());
  await push();
  expect(sent()).toBe(6);
  expect(sets.map(copies)).toEqual(sets.map(() => [1, 1]));
});

test.each([
  ["takes our ids", true],
  ["gives its own ids", false],
])(
  "a set arrives exactly once although the PC was killed after sending it, when the HIS %s",
  async (_name, takes) => {
    his.updateCreate = takes;
    his.declaresUpdateCreate = takes;
    const set = chart();
    // The HIS has stored it; this PC never hears so, and is killed with the act still marked as being sent.
    let release = (): void => {};
    his.after = ({ method }) =>
      method === "POST"
        ? new Promise<void>((_resolve, reject) => (release = () => reject(new TypeError("gone"))))
        : undefined;
    const dying = pc;
    void dying.sync.pullNow();
    while (sent() === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(state(set)?.state).toBe("sending");
    his.after = () => {};
    pc = dying.restart();
    await push(30);
    expect(sent()).toBe(1);
    expect(copies(set)).toEqual([1, 1]);
    expect(state(set)?.state).toBe("acknowledged");
    release();
  },
);

test("killed before the request left, the set is still sent, once", async () => {
  const set = chart();
  pc.journal.setAct(set.uuid, { state: "sending" }, []);
  await push();
  expect(copies(set)).toEqual([1, 1]);
  expect(sent()).toBe(1);
});

test("what the HIS refuses is parked with its reason, and neither others nor later sets wait for it", async () => {
  const bad = chart("amina", { valueString: "poison", valueQuantity: undefined });
  const later = chart("amina");
  const other = chart("basma");
  await push();
  expect(state(bad)).toMatchObject({ state: "parked", reason: "this value is not allowed" });
  expect(copies(bad)).toEqual([0, 0]);
  expect(state(later)?.state).toBe("acknowledged");
  expect(state(other)?.state).toBe("acknowledged");
  await push(600);
  expect(state(bad)).toMatchObject({ state: "parked", attempts: 1 });
});

test("sets of one patient are sent in the order they were charted, and a waiting one is not overtaken", async () => {
  const first = chart();
  const second = chart();
  let fails = 1;
  his.before = ({ method }) =>
    method === "POST" && fails-- > 0
      ? new Response("{}", { status: 500, headers: { "content-type": "application/fhir+json" } })
      : null;
  await push();
  expect([state(first)?.state, state(second)?.state]).toEqual(["waiting", "waiting"]);
  expect(state(first)?.nextAttempt).toBeGreaterThan(pc.now);
  await push(600);
  const order = his.all("Observation").map(({ id }) => id);
  expect(order).toEqual([...first.resources, ...second.resources]);
});

test("a set the HIS fails at again and again is parked in the end, not offered for ever", async () => {
  const set = chart();
  his.before = ({ method }) =>
    method === "POST"
      ? new Response("{}", { status: 500, headers: { "content-type": "application/fhir+json" } })
      : null;
  for (let n = 0; n < 12; n += 1) await push(600);
  expect(state(set)).toMatchObject({ state: "parked", attempts: 8 });
});

test("a conflict is parked as one", async () => {
  const set = chart();
  his.before = ({ method }) =>
    method === "POST"
      ? new Response(
          JSON.stringify({
            resourceType: "OperationOutcome",
            issue: [{ details: { text: "version 3 is current" } }],
          }),
          { status: 412, headers: { "content-type": "application/fhir+json" } },
        )
      : null;
  await push();
  expect(state(set)).toMatchObject({
    state: "parked",
    reason: expect.stringContaining("version 3 is current"),
  });
});

test("while the HIS is down the outbox waits, and nothing is offered", async () => {
  await push();
  his.down = true;
  await push(30);
  const set = chart();
  await pc.sync.pushNow();
  await pc.sync.idle();
  expect(state(set)).toMatchObject({ state: "waiting", attempts: 0 });
  his.down = false;
  await push(30);
  expect(state(set)?.state).toBe("acknowledged");
  expect(copies(set)).toEqual([1, 1]);
});

test("an answer that does not confirm every entry is not believed: the set is looked for", async () => {
  const set = chart();
  his.before = ({ method }) =>
    method === "POST"
      ? new Response(
          JSON.stringify({ resourceType: "Bundle", type: "transaction-response", entry: [] }),
          {
            headers: {
              "content-type": "application/fhir+json",
              date: new Date(his.clock).toUTCString(),
            },
          },
        )
      : null;
  await push();
  expect(state(set)).toMatchObject({ state: "waiting", reason: "the HIS did not confirm it" });
  his.before = () => null;
  await push(600);
  expect(copies(set)).toEqual([1, 1]);
});

test("when the HIS holds only a part of a set, it is parked for a person to look at, and not sent again", async () => {
  const set = chart();
  const { act } = JSON.parse(state(set)?.body ?? "") as {
    act: { entries: { resource: Record<string, unknown> }[] };
  };
  his.put(act.entries[0]?.resource ?? {});
  pc.journal.setAct(set.uuid, { state: "sending" }, []);
  await push();
  expect(state(set)).toMatchObject({
    state: "parked",
    reason: expect.stringContaining("only a part"),
  });
  expect(sent()).toBe(0);
});

test("when the HIS holds another value under the set's own id, it is parked and not overwritten", async () => {
  const set = chart();
  const { act } = JSON.parse(state(set)?.body ?? "") as {
    act: { entries: { resource: Record<string, unknown> }[] };
  };
  for (const { resource } of act.entries)
    his.put({ ...resource, valueQuantity: { value: 999, unit: "/min" } });
  pc.journal.setAct(set.uuid, { state: "sending" }, []);
  await push();
  expect(state(set)).toMatchObject({
    state: "parked",
    reason: expect.stringContaining("something else"),
  });
  expect(sent()).toBe(0);
});

test("a HIS that keeps two copies is reported", async () => {
  his.updateCreate = false;
  his.declaresUpdateCreate = false;
  const set = chart();
  his.after = ({ method }) => {
    if (method !== "POST") return;
    for (const each of his.all("Observation")) his.put({ ...each, id: `twin-${each.id}` });
    his.after = () => {};
  };
  await push();
  expect(state(set)?.state).toBe("acknowledged");
  expect(pc.alarms).toContainEqual({
    kind: "duplicate",
    act: set.uuid,
    type: "Observation",
    copies: 2,
  });
});

test("that the HIS does not take our ids is learnt once", async () => {
  his.updateCreate = false;
  const first = chart();
  await push();
  expect(sent()).toBe(2);
  const second = chart();
  await push(1);
  expect(sent()).toBe(3);
  expect([copies(first), copies(second)]).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

test("the outbox drains while nobody is signed in", async () => {
  pc.open = false;
  const set = chart();
  await push();
  expect(state(set)?.state).toBe("acknowledged");
});

test("an act whose text cannot be read any more is kept and parked, and holds up nobody", async () => {
  pc.journal.putAct(
    {
      uuid: randomUUID(),
      kind: "vitals",
      patient: "amina",
      author: "nurse-1",
      at: "2026-11-23T09:00:00+03:00",
      queuedAt: pc.now,
      body: "{",
    },
    [],
  );
  const set = chart();
  await push();
  expect(state(set)?.state).toBe("acknowledged");
  expect(pc.journal.acts({ acknowledged: false })).toMatchObject([{ state: "parked", body: "{" }]);
});
