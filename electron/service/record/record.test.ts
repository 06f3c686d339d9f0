import { describe, expect, test } from "vitest";
import { Act, type FactClaims } from "../../../shared/trust/index.ts";
import type { VitalValues } from "../../../shared/contract/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { ActRow, NewActRow } from "../store/types.ts";
import { ActConflict, createRecord, InvalidVitals, type VitalsInput } from "./record.ts";
import { makeVitalsAct } from "./vitals-act.ts";

const NOW = "2026-11-23T20:00:00+03:00";
const whole: VitalValues = {
  respiratoryRate: 18,
  spo2: 96,
  oxygenFlow: 0,
  systolic: 122,
  diastolic: 78,
  pulse: 88,
  consciousness: "A",
  temperature: 37.2,
};
const UUID = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const input = (change: Partial<VitalsInput> = {}): VitalsInput => ({
  uuid: UUID,
  patient: "pat-1",
  at: NOW,
  values: whole,
  confirmed: [],
  ...change,
});
const actOf = (values: VitalValues) =>
  makeVitalsAct({
    uuid: UUID,
    patient: "pat-1",
    encounter: "enc-1",
    author: "nurse-1",
    workstation: "pc-1",
    at: NOW,
    values,
  });

/** The journal's two calls in memory; `fail` throws as a full disk does. */
function memoryJournal(fail: () => void = () => undefined) {
  const acts = new Map<string, NewActRow>();
  const audit: string[] = [];
  return {
    acts,
    audit,
    putAct: (row: NewActRow, bodies: readonly string[]) => {
      fail();
      const inserted = !acts.has(row.uuid);
      if (inserted) {
        acts.set(row.uuid, row);
        audit.push(...bodies);
      }
      return Promise.resolve({ seq: acts.size, inserted });
    },
    putActAbout: (row: NewActRow) => {
      acts.set(row.uuid, row);
      return Promise.resolve("queued" as const);
    },
    act: (uuid: string) => Promise.resolve((acts.get(uuid) ?? null) as ActRow | null),
  };
}

function room(
  journal: ReturnType<typeof memoryJournal>,
  escrowed: string[] = [],
  pulled: FhirResource[] = [],
) {
  let signatures = 0;
  const record = createRecord({
    journal,
    escrow: {
      append: (uuid) => {
        escrowed.push(uuid);
        return Promise.resolve();
      },
    },
    workstation: "pc-1",
    site: "north",
    now: () => NOW,
    millis: () => Date.parse(NOW),
    encounterOf: () => Promise.resolve("enc-1"),
    observations: () => Promise.resolve(pulled),
    onOver: () => Promise.resolve(),
    audited: ({ act }) => `charted ${act.uuid}`,
    escrowFailed: () => undefined,
  });
  const nurse = {
    author: "nurse-1",
    sign: () => {
      signatures += 1;
      return Promise.resolve(`signature ${signatures}`);
    },
    signFacts: ({ facts }: FactClaims) => Promise.resolve(`over ${facts.length} facts`),
  };
  return { record, nurse };
}

describe("a decision about a held change", () => {
  const inForce = { resourceType: "AllergyIntolerance", id: "a1", meta: { versionId: "1" } };
  const decision = {
    uuid: UUID,
    patient: "pat-1",
    verdict: "accept",
    alone: null,
    reason: "seen",
    inForce,
    claimed: { ...inForce, meta: { versionId: "2" } },
    goneVersion: null,
    claimedFor: "pat-1",
  } as const;

  test("said again because its answer was lost is the same act, of the same moment, and in escrow all the same", async () => {
    const journal = memoryJournal();
    const escrowed: string[] = [];
    const { record, nurse } = room(journal, escrowed);
    const first = await record.chartDecision(nurse, decision);
    expect(await record.chartDecision(nurse, decision)).toEqual(first);
    // A kill may have come between the journal and the escrow file.
    expect([journal.audit, escrowed]).toEqual([[`charted ${UUID}`], [UUID, UUID]]);
  });

  test.each([
    ["the other way round", { verdict: "keep" }],
    ["about another claim", { claimed: { ...inForce, meta: { versionId: "3" } } }],
    ["as an opinion", { alone: "opinion" }],
  ] as const)("under the same number %s is refused, and settles nothing", async (_how, change) => {
    const journal = memoryJournal();
    const { record, nurse } = room(journal);
    await record.chartDecision(nurse, decision);
    const before = journal.acts.get(UUID)?.body;
    await expect(record.chartDecision(nurse, { ...decision, ...change })).rejects.toBeInstanceOf(
      ActConflict,
    );
    expect(journal.acts.get(UUID)?.body).toBe(before);
  });
});

describe("a set of vitals", () => {
  test("is one act with an Observation a parameter, blood pressure as a panel", () => {
    const act = actOf(whole);
    expect(Act.parse(act)).toEqual(act);
    expect(act.entries).toHaveLength(7);
    const pressure = act.entries.find(({ resource }) => "component" in resource);
    expect(pressure?.resource["component"]).toHaveLength(2);
    expect(new Set(act.entries.map(({ resource }) => resource.id)).size).toBe(7);
  });

  test("leaves out what was not taken, and keeps the offset of the bedside clock", () => {
    const act = actOf({ ...whole, diastolic: null, temperature: null, consciousness: null });
    expect(act.entries).toHaveLength(5);
    for (const { resource } of act.entries) expect(resource["effectiveDateTime"]).toBe(NOW);
  });

  test("saved twice is the same act, byte for byte, and is audited once", async () => {
    expect(JSON.stringify(actOf(whole))).toBe(JSON.stringify(actOf(whole)));
    const journal = memoryJournal();
    const { record, nurse } = room(journal);
    await record.chartVitals(nurse, input());
    await record.chartVitals(nurse, input());
    expect(journal.acts.size).toBe(1);
    expect(journal.audit).toEqual([`charted ${UUID}`]);
  });

  test("saved again under the same number with other values is refused, and the first one stands", async () => {
    const journal = memoryJournal();
    const { record, nurse } = room(journal);
    await record.chartVitals(nurse, input());
    await expect(
      record.chartVitals(nurse, input({ values: { ...whole, pulse: 89 } })),
    ).rejects.toBeInstanceOf(ActConflict);
    expect(journal.acts.get(UUID)?.body).toContain('"value":88');
  });

  test("saved again after the patient was moved to another stay is still the same act", async () => {
    const journal = memoryJournal();
    const { nurse } = room(journal);
    for (const stay of ["enc-1", "enc-2"]) {
      const record = createRecord({
        journal,
        escrow: null,
        workstation: "pc-1",
        site: "north",
        now: () => NOW,
        millis: () => Date.parse(NOW),
        encounterOf: () => Promise.resolve(stay),
        observations: () => Promise.resolve([]),
        onOver: () => Promise.resolve(),
        audited: () => "charted",
        escrowFailed: () => undefined,
      });
      await record.chartVitals(nurse, input());
    }
    expect(journal.acts.size).toBe(1);
  });

  test("that cannot be right is not written anywhere", async () => {
    const journal = memoryJournal();
    const escrowed: string[] = [];
    const { record, nurse } = room(journal, escrowed);
    await expect(
      record.chartVitals(nurse, input({ values: { ...whole, spo2: 140 } })),
    ).rejects.toBeInstanceOf(InvalidVitals);
    expect([journal.acts.size, escrowed]).toEqual([0, []]);
  });

  test("on a full disk is an error, and nothing goes to escrow as if it had been saved", async () => {
    const escrowed: string[] = [];
    const journal = memoryJournal(() => {
      throw Object.assign(new Error("full"), { code: "disk-full" });
    });
    const { record, nurse } = room(journal, escrowed);
    await expect(record.chartVitals(nurse, input())).rejects.toMatchObject({ code: "disk-full" });
    expect(escrowed).toEqual([]);
  });
});

describe("a correction", () => {
  const CORRECTION = "7f9619ff-8b86-4d01-b42d-00cf4fc964ff";
  const charted = (change: Partial<VitalValues> = {}): FhirResource[] =>
    actOf({ ...whole, ...change }).entries.map(({ resource }) =>
      Object.assign({}, resource, { meta: { versionId: "1", lastUpdated: NOW } }),
    );
  const request = {
    uuid: CORRECTION,
    patient: "pat-1",
    at: NOW,
    ids: [],
    values: { pulse: 78 },
    wrong: [],
    confirmed: [],
    reason: "typed in the wrong field",
  };

  test("saved again because its answer was lost is the same one, though the record shows the corrected value by now", async () => {
    const journal = memoryJournal();
    const pulled = charted();
    const { record, nurse } = room(journal, [], pulled);
    await record.correctVitals(nurse, request);
    pulled.splice(0, pulled.length, ...charted({ pulse: 78 }));
    expect(await record.correctVitals(nurse, request)).toEqual({ uuid: CORRECTION });
    expect(journal.audit).toEqual([`charted ${CORRECTION}`]);
  });

  test("with other values under the same number is refused, and the first one stands", async () => {
    const journal = memoryJournal();
    const { record, nurse } = room(journal, [], charted());
    await record.correctVitals(nurse, request);
    await expect(
      record.correctVitals(nurse, { ...request, values: { pulse: 79 } }),
    ).rejects.toThrow(ActConflict);
    await expect(record.correctVitals({ ...nurse, author: "nurse-2" }, request)).rejects.toThrow(
      ActConflict,
    );
  });
});
