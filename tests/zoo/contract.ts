import assert from "node:assert/strict";
import { ACT_SYSTEM } from "../../shared/trust/index.ts";
import { otherSystem } from "./server.ts";
import type { Held, OtherSystem, Server } from "./server.ts";
import { admit, allergy, buildWard, pulse, register } from "./ward.ts";
import { openWorkstation } from "./workstation.ts";
import type { Charted, Workstation } from "./workstation.ts";

/** How much is asked: the short form is part of `npm test`. */
export interface Size {
  readonly observations: number;
  readonly racing: number;
  readonly pageSize: number;
}

interface World {
  readonly server: Server;
  readonly system: OtherSystem;
  readonly pc: Workstation;
  /** Two patients on the ward, whose records were there before this PC. */
  readonly patients: readonly [string, string];
  readonly freeBed: string;
  readonly size: Size;
}

const SECTIONS = ["Patient", "AllergyIntolerance", "Observation"] as const;

/** What this client needs of any HIS, as a nurse would say it. They are kept one after the other on one workstation. */
export const PROMISES = {
  "the first sync brings exactly what the HIS holds": async ({ system, pc, patients }) => {
    for (const patient of patients) await isWhole(system, pc, patient);
  },
  "a transaction that races single writes loses none": async ({ system, pc, patients, size }) => {
    const [patient] = patients;
    const values = Array.from({ length: size.racing }, (_, n) => pulse(patient, 100 + n));
    let racing = true;
    const transaction = system.transaction(values).finally(() => {
      racing = false;
    });
    // At least one single write and one round go past it, however quick the server is.
    do {
      await system.create(pulse(patient, 60));
      await pc.round();
    } while (racing);
    await transaction;
    await pc.round();
    await isWhole(system, pc, patient);
  },
  "a record that changes while the pages are read is seen, and so are all others": async (
    world,
  ) => {
    const { system, pc, patients, size } = world;
    const [, patient] = patients;
    const held = await system.all(`Observation?patient=${patient}&_count=${size.pageSize}`);
    for (const each of held.slice(0, 3)) await system.update(each);
    await pc.round();
    await pc.round();
    await isWhole(system, pc, patient);
  },
  "a deletion at the HIS is seen": async ({ server, system, pc, patients }) => {
    const [patient] = patients;
    // CLINICAL: not an allergy, whose unsigned removal the guard holds until a clinician has looked.
    const doomed = await system.create(pulse(patient, 41));
    await pc.round();
    assert(pc.held(patient, "Observation").some((each) => each.startsWith(`${doomed.id}/`)));
    // CLINICAL: what is newer than a pull's overlap may only not have been listed yet, and is never taken for gone.
    await server.later(35);
    await system.remove(doomed);
    // Where there is no history ids and versions are compared, once an hour.
    await pc.round(61);
    await pc.round(61);
    await isWhole(system, pc, patient);
  },
  "a late admission shows every older allergy": async ({ system, pc, freeBed }) => {
    const patient = await register(system, "Late");
    await system.create(allergy(patient, "Penicillin"));
    await system.create(allergy(patient, "Peanut"));
    await pc.round();
    assert.deepEqual(pc.held(patient, "AllergyIntolerance"), []);
    await admit(system, patient, freeBed);
    await pc.round();
    await pc.round();
    assert.equal(pc.held(patient, "AllergyIntolerance").length, 2);
    assert(pc.isLoaded(patient, "AllergyIntolerance"), "the section is not called complete");
  },
  "an act arrives exactly once although its answer was lost": async ({ system, pc, patients }) => {
    const act = pc.chart(patients[0]);
    pc.loseNextAnswer();
    await settle(pc, [act]);
    await arrivedOnce(system, pc, act);
  },
  "a change based on an old version overwrites nothing": async ({ system, pc, patients }) => {
    const [patient] = patients;
    const first = await system.create(pulse(patient, 80));
    const second = await system.update({ ...first, valueQuantity: { value: 90, unit: "/min" } });
    assert.notEqual(second.meta.versionId, first.meta.versionId);
    const { meta: _, ...resource } = { ...first, valueQuantity: { value: 10, unit: "/min" } };
    const act = pc.chart(patient, { resource, base: first.meta.versionId });
    await settle(pc, [act]);
    const now = await system.read(`Observation/${first.id}`);
    assert.equal(now.meta.versionId, second.meta.versionId);
    assert.deepEqual(now["valueQuantity"], second["valueQuantity"]);
    assert.equal(pc.pc.journal.act(act.uuid)?.state, "parked");
  },
  "three acts of one patient arrive in order, each once": async ({ system, pc, patients }) => {
    const acts = [1, 2, 3].map(() => pc.chart(patients[1]));
    const before = pc.sent.length;
    pc.loseNextAnswer();
    await settle(pc, acts);
    for (const act of acts) await arrivedOnce(system, pc, act);
    const order = acts.map(({ resources }) => pc.sent.indexOf(resources[0] ?? "", before));
    assert.ok(order.every((place) => place >= 0));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  },
} satisfies Record<string, (world: World) => Promise<void>>;
export type Promised = keyof typeof PROMISES;

/** Keeps every promise on one server; what was not kept is the answer, with the reason. */
export async function keep(server: Server, size: Size): Promise<ReadonlyMap<Promised, string>> {
  const system = otherSystem(server);
  const { ward, beds } = await buildWard(system, 3);
  const [first = "", second = "", freeBed = ""] = beds;
  const patients = [
    await newPatient(system, "Amina", first, size),
    await newPatient(system, "Basma", second, size),
  ] as const;
  const pc = openWorkstation(server, ward, size.pageSize);
  const broken = new Map<Promised, string>();
  try {
    await pc.round();
    await pc.round();
    for (const [name, promise] of Object.entries(PROMISES)) {
      try {
        await promise({ server, system, pc, patients, freeBed, size });
      } catch (error) {
        broken.set(name as Promised, error instanceof Error ? error.message : String(error));
      }
    }
  } finally {
    await pc.dispose();
  }
  return broken;
}

async function newPatient(
  system: OtherSystem,
  name: string,
  bed: string,
  size: Size,
): Promise<string> {
  const patient = await register(system, name);
  await admit(system, patient, bed);
  await system.create(allergy(patient, "Penicillin"));
  await system.transaction(
    Array.from({ length: size.observations }, (_, n) => pulse(patient, 60 + n)),
  );
  return patient;
}

/** The PC holds, of each section, what the HIS holds and nothing else. */
async function isWhole(system: OtherSystem, pc: Workstation, patient: string): Promise<void> {
  for (const type of SECTIONS) {
    const whose = type === "Patient" ? `_id=${patient}` : `patient=${patient}`;
    const theirs = await system.all(`${type}?${whose}&_sort=_lastUpdated&_count=500`);
    assert.deepEqual(pc.held(patient, type), theirs.map(versionOf).toSorted(), type);
    assert(pc.isLoaded(patient, type), `${type} is not called complete`);
  }
}

function versionOf({ id, meta }: Held): string {
  return `${id}/${meta.versionId}`;
}

/** Rounds, far enough apart for every back-off, until no act waits any more. */
async function settle(pc: Workstation, acts: readonly Charted[]): Promise<void> {
  const waits = ({ uuid }: Charted): boolean =>
    ["waiting", "sending"].includes(pc.pc.journal.act(uuid)?.state ?? "");
  for (let round = 0; round < 8 && acts.some(waits); round += 1) await pc.round(11);
}

async function arrivedOnce(system: OtherSystem, pc: Workstation, act: Charted): Promise<void> {
  const state = pc.pc.journal.act(act.uuid);
  assert.equal(state?.state, "acknowledged", state?.reason ?? "not acknowledged");
  for (const id of act.resources) {
    const copies = await system.all(
      `${act.type}?identifier=${encodeURIComponent(`${ACT_SYSTEM}|${id}`)}`,
    );
    assert.equal(copies.length, 1, `${copies.length} copies of a charted value`);
  }
}
