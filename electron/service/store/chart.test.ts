import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openChart, openChartReader } from "./chart.ts";
import type { Generation } from "./generation.ts";
import { openEncrypted } from "./open.ts";
import { batch, countingCard, KEY, resource, withFolder } from "./testing.ts";
import type { ChartWriter } from "./chart-types.ts";

function withChart(work: (chart: ChartWriter & Generation, file: string) => void): void {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    const chart = openChart({ file, key: KEY, card: countingCard, create: true });
    work(chart, file);
    chart.close();
  });
}
const p = (patient: string, ...resources: ReturnType<typeof resource>[]) =>
  resources.map((each) => ({ patient, resource: each }));
const ids = (list: { resources: readonly { id: string }[] }) =>
  list.resources.map(({ id }) => id).toSorted();

test("what was written is read back, by type and whole", () => {
  withChart((chart) => {
    const allergy = resource("AllergyIntolerance", "a1", "1", { note: "بنسلين penicillin" });
    const written = chart.write(
      batch({
        upserts: [
          ...p("p1", allergy, resource("Flag", "f1", "1")),
          ...p("p2", resource("Flag", "f2", "1")),
        ],
      }),
    );
    expect(written).toEqual({ changed: 3, patients: ["p1", "p2"] });
    expect(chart.resources("p1", "AllergyIntolerance")).toEqual({
      resources: [allergy],
      damaged: 0,
    });
    expect([...chart.patient("p1").keys()].toSorted()).toEqual(["AllergyIntolerance", "Flag"]);
    expect(chart.resources("p3", "Flag").resources).toEqual([]);
    expect(chart.count()).toEqual({ patients: 2, resources: 3 });
    expect(chart.verify()).toEqual({ chunks: 3, damaged: 0 });
  });
});

test("a version already held is skipped, a newer one takes its place, and there are never two", () => {
  withChart((chart) => {
    const first = p("p1", resource("Flag", "f", "1", { status: "active" }));
    chart.write(batch({ upserts: first }));
    expect(chart.write(batch({ upserts: first }))).toEqual({ changed: 0, patients: [] });
    chart.write(batch({ upserts: p("p1", resource("Flag", "f", "2", { status: "inactive" })) }));
    expect(chart.resources("p1", "Flag").resources).toMatchObject([
      { id: "f", status: "inactive" },
    ]);
    expect(chart.count().resources).toBe(1);
  });
});

test("writes that belong together are written together or not at all, and what was not can be written again", () => {
  withChart((chart) => {
    const first = batch({ upserts: p("p1", resource("Flag", "f1", "1")) });
    const second = batch({ upserts: p("p2", resource("Flag", "f2", "1")) });
    const fails = (): void => {
      chart.together(() => {
        chart.write(first, 1);
        throw new Error("given up");
      });
    };
    expect(fails).toThrow("transaction");
    expect([chart.count().resources, chart.lastBatch()]).toEqual([0, 0]);
    chart.together(() => {
      expect(chart.write(first, 1).changed).toBe(1);
      expect(chart.write(second, 1).changed).toBe(1);
    });
    expect([chart.count().resources, chart.lastBatch()]).toEqual([2, 1]);
  });
});

test("a repeat is skipped also by an app that has just started", () => {
  withChart((chart, file) => {
    const upserts = p("p1", resource("Flag", "f", "1"), resource("Flag", "g", "1"));
    chart.write(batch({ upserts }));
    chart.write(batch({ removals: [{ patient: "p1", type: "Flag", id: "g" }] }));
    chart.close();
    const again = openChart({ file, key: KEY, card: countingCard });
    expect(again.write(batch({ upserts })).changed).toBe(1);
    expect(ids(again.resources("p1", "Flag"))).toEqual(["f", "g"]);
    again.close();
  });
});

test("a resource without version and time is always written: nothing says that it is the same", () => {
  withChart((chart) => {
    const bare = { resourceType: "Flag", id: "f" };
    chart.write(batch({ upserts: p("p1", bare) }));
    expect(chart.write(batch({ upserts: p("p1", bare) })).changed).toBe(1);
    expect(chart.resources("p1", "Flag").resources).toHaveLength(1);
  });
});

test("a removed resource is gone, and what was never held is no change", () => {
  withChart((chart) => {
    chart.write(
      batch({ upserts: p("p1", resource("Flag", "f", "1"), resource("Flag", "g", "1")) }),
    );
    const removals = [
      { patient: "p1", type: "Flag", id: "f" },
      { patient: "p1", type: "Flag", id: "never" },
    ];
    expect(chart.write(batch({ removals })).changed).toBe(1);
    expect(ids(chart.resources("p1", "Flag"))).toEqual(["g"]);
    expect(chart.card("p1")).toMatchObject({ made: 2 });
  });
});

test("any order of new versions, repeats, removals, restarts and merging reads like a plain list", () => {
  const step = fc.oneof(
    fc.record({ id: fc.nat(6), version: fc.nat(9), long: fc.boolean() }),
    fc.record({ remove: fc.nat(6) }),
    fc.constant("compact" as const),
    fc.constant("restart" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) =>
      withFolder((folder) => {
        const file = join(folder, "chart.db");
        let chart = openChart({ file, key: KEY, card: countingCard, create: true });
        const model = new Map<string, string>();
        for (const each of steps) {
          if (each === "compact") while (chart.compact(1000));
          else if (each === "restart") {
            chart.close();
            chart = openChart({ file, key: KEY, card: countingCard });
          } else if ("remove" in each) {
            model.delete(`r${each.remove}`);
            chart.write(
              batch({ removals: [{ patient: "p", type: "Flag", id: `r${each.remove}` }] }),
            );
          } else {
            model.set(`r${each.id}`, String(each.version));
            const text = each.long ? "long ".repeat(5_000) : "";
            chart.write(
              batch({
                upserts: p("p", resource("Flag", `r${each.id}`, String(each.version), { text })),
              }),
            );
          }
          const now = chart.resources("p", "Flag");
          expect(now.damaged).toBe(0);
          expect(new Map(now.resources.map(({ id, meta }) => [id, meta?.versionId]))).toEqual(
            model,
          );
          expect(chart.count().resources).toBe(model.size);
        }
        expect(chart.verify().damaged).toBe(0);
        chart.close();
      }),
    ),
    { numRuns: 25 },
  );
});

test("merging while idle makes many small chunks one and changes nothing that is read", () => {
  withChart((chart) => {
    for (let each = 0; each < 6; each++)
      chart.write(
        batch({
          upserts: p("p1", resource("Observation", `o${each}`, "1", { note: "x".repeat(500) })),
        }),
      );
    const before = ids(chart.resources("p1", "Observation"));
    expect(chart.verify().chunks).toBe(6);
    expect(chart.compact(1000)).toBe(false);
    expect(chart.verify()).toEqual({ chunks: 1, damaged: 0 });
    expect(ids(chart.resources("p1", "Observation"))).toEqual(before);
  });
});

test("what is replaced and merged while the file is read through is no damage", () => {
  withChart((chart, file) => {
    const observation = (each: number, version: string) =>
      p(`p${each}`, resource("Observation", `o${each}`, version));
    for (let each = 0; each < 150; each++) chart.write(batch({ upserts: observation(each, "1") }));
    const reader = openChartReader({ file, key: KEY });
    const steps = reader.verifying();
    expect(steps.next().done).toBe(false);
    for (let each = 0; each < 150; each++) chart.write(batch({ upserts: observation(each, "2") }));
    while (chart.compact(1000));
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    expect(step.value.damaged).toBe(0);
    reader.close();
  });
});

test("a chunk that is gone though its section counts it is damage", () => {
  withChart((chart, file) => {
    for (let each = 0; each < 3; each++)
      chart.write(batch({ upserts: p(`p${each}`, resource("Flag", `f${each}`, "1")) }));
    const other = openEncrypted({ file, key: KEY, synchronous: "NORMAL", cacheKib: 1_000 });
    other.exec("DELETE FROM chunks WHERE number = 2");
    other.close();
    expect(chart.verify()).toEqual({ chunks: 2, damaged: 1 });
  });
});

test("a section that grows without an idle moment stays in few chunks", () => {
  withChart((chart) => {
    for (let each = 0; each < 200; each++)
      chart.write(
        batch({
          upserts: p(
            "p1",
            resource("Observation", `o${each}`, "1", { note: `n${each} `.repeat(200) }),
          ),
        }),
      );
    expect(chart.verify().chunks).toBeLessThan(25);
    expect(chart.resources("p1", "Observation").resources).toHaveLength(200);
  });
});

test("a section says 'not loaded' until it is complete, and then the later of two times", () => {
  withChart((chart) => {
    chart.write(batch({ upserts: p("p1", resource("Flag", "f", "1")) }));
    expect(chart.sections("p1")).toEqual([
      { patient: "p1", type: "Flag", loaded: false, asOf: null, damaged: false },
    ]);
    chart.write(batch({ typeAsOf: [{ type: "Flag", asOf: "2026-11-23T11:30:00+03:00" }] }));
    expect(chart.sections("p1")[0]).toMatchObject({ loaded: false, asOf: null });
    chart.write(
      batch({
        sections: [
          { patient: "p1", type: "Flag", asOf: "2026-11-23T08:00:00Z" },
          { patient: "p1", type: "Condition", asOf: "2026-11-23T08:00:00Z" },
        ],
      }),
    );
    expect(chart.sections("p1").map(({ type, loaded, asOf }) => [type, loaded, asOf])).toEqual([
      ["Condition", true, "2026-11-23T08:00:00Z"],
      ["Flag", true, "2026-11-23T11:30:00+03:00"],
    ]);
    expect(chart.typeAsOf()).toEqual(new Map([["Flag", "2026-11-23T11:30:00+03:00"]]));
  });
});

test("a record that could not be read stays in sight until a readable version comes", () => {
  withChart((chart) => {
    const row = {
      patient: "p1",
      type: "AllergyIntolerance",
      id: "a",
      reason: "code missing",
      text: "peanut?",
      at: 5,
    };
    chart.write(
      batch({ upserts: p("p1", resource("AllergyIntolerance", "a", "1")), unreadable: [row] }),
    );
    expect(chart.unreadable("p1")).toEqual([row]);
    expect(ids(chart.resources("p1", "AllergyIntolerance"))).toEqual(["a"]);
    chart.write(batch({ upserts: p("p1", resource("AllergyIntolerance", "a", "3")) }));
    expect(chart.unreadable("p1")).toEqual([]);
  });
});

test("placements follow a patient in and out of a ward", () => {
  withChart((chart) => {
    const placement = { patient: "p1", encounter: "e1", ward: "w1", location: null };
    chart.write(
      batch({
        placements: [placement, { patient: "p2", encounter: "e2", ward: "w2", location: "bed-2" }],
      }),
    );
    expect(chart.placements("w1")).toEqual([placement]);
    expect(chart.placements()).toHaveLength(2);
    chart.write(batch({ placements: [{ ...placement, ward: "w2" }], departures: ["p2"] }));
    expect(chart.placements("w2")).toEqual([{ ...placement, ward: "w2" }]);
    expect(chart.placement("p2")).toBeNull();
  });
});

test("a card is made from what changed and what is there after the batch", () => {
  withChart((chart) => {
    chart.write(batch({ upserts: p("p1", resource("AllergyIntolerance", "a1", "1")) }));
    chart.write(
      batch({
        upserts: [
          ...p("p1", resource("AllergyIntolerance", "a2", "1")),
          ...p("", resource("Location", "bed", "1")),
        ],
      }),
    );
    expect(chart.card("p1")).toEqual({ made: 2, changed: ["a2"], allergies: ["a1", "a2"] });
    expect(chart.card("")).toBeNull();
    expect([...chart.cards(["p1", "p9"]).keys()]).toEqual(["p1"]);
    expect(chart.patients()).toEqual(["p1"]);
  });
});

test("a forgotten patient leaves nothing, and a later one never gets his number", () => {
  withChart((chart) => {
    chart.write(
      batch({
        upserts: p("p1", resource("Flag", "f", "1")),
        placements: [{ patient: "p1", encounter: "e", ward: "w", location: null }],
      }),
    );
    chart.forgetPatient("p1");
    chart.write(batch({ upserts: p("p2", resource("Condition", "c", "1")) }));
    expect(chart.patients()).toEqual(["p2"]);
    expect(chart.placement("p1")).toBeNull();
    expect(chart.sections("p1")).toEqual([]);
    expect([...chart.patient("p2").keys()]).toEqual(["Condition"]);
    expect(chart.write(batch({ upserts: p("p1", resource("Flag", "f", "1")) })).changed).toBe(1);
  });
});

test("a batch that fails half way leaves the chart as it was, and the next one works", () => {
  withChart((chart) => {
    const upserts = p("p1", resource("Flag", "f", "1"));
    const placements = [{ patient: "p1", encounter: {} as string, ward: "w", location: null }];
    expect(() => chart.write(batch({ upserts, placements }))).toThrow(/INSERT OR REPLACE/u);
    expect(chart.count()).toEqual({ patients: 0, resources: 0 });
    expect(chart.write(batch({ upserts })).changed).toBe(1);
  });
});

test("a reader sees each batch whole while the writer goes on", () => {
  withChart((chart, file) => {
    const reader = openChartReader({ file, key: KEY });
    expect(reader.patients()).toEqual([]);
    chart.write(batch({ upserts: p("p1", resource("Flag", "f", "1")) }));
    expect(ids(reader.resources("p1", "Flag"))).toEqual(["f"]);
    reader.close();
  });
});

test("the generation counter survives a restart", () => {
  withChart((chart, file) => {
    expect(chart.generation()).toBe(0);
    chart.setGeneration(8);
    chart.close();
    const again = openChart({ file, key: KEY, card: countingCard });
    expect(again.generation()).toBe(8);
    again.close();
  });
});

test("slow statements are named with their time and never with a value", () => {
  withFolder((folder) => {
    const slow: { statement: string; milliseconds: number }[] = [];
    let clock = 0;
    const timing = {
      limit: 50,
      now: () => (clock += 60),
      log: (each: { statement: string; milliseconds: number }) => void slow.push(each),
    };
    const chart = openChart({
      file: join(folder, "chart.db"),
      key: KEY,
      card: countingCard,
      create: true,
      timing,
    });
    chart.write(batch({ upserts: p("CANARY-PATIENT", resource("Flag", "CANARY-ID", "1")) }));
    chart.close();
    expect(slow.map(({ statement }) => statement)).toContainEqual(
      expect.stringContaining("INSERT INTO chunks"),
    );
    expect(JSON.stringify(slow)).not.toContain("CANARY");
  });
});
