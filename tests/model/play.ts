import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { orderOf, vitalsOf } from "../../electron/service/record/testing.ts";
import type { NewActRow } from "../../electron/service/store/index.ts";
import type { Act } from "../../shared/trust/index.ts";
import { chanceOf, createClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { simulatedHospital } from "./hospital.ts";
import type { Hospital } from "./hospital.ts";
import {
  chartDifferences,
  freshFaults,
  keptFaults,
  outboxFaults,
  screenFaults,
} from "./invariants.ts";
import type { Difference } from "./invariants.ts";
import { createNetwork } from "./network.ts";
import type { Network } from "./network.ts";
import { AUTHORS, PATIENTS } from "./script.ts";
import type { Script, Step } from "./script.ts";
import { admitTo, dischargeFrom, openWard, recordOf } from "./ward.ts";
import { createWorkstation, Killed } from "./workstation.ts";
import type { Workstation } from "./workstation.ts";

/** An act that a workstation has told its clinician is kept. */
export interface Kept {
  readonly uuid: string;
  readonly pc: number;
  readonly patient: string;
  /** By the world's clock. */
  readonly at: number;
  readonly resources: number;
}

export interface World {
  readonly clock: Clock;
  readonly hospital: Hospital;
  readonly network: Network;
  readonly workstations: readonly Workstation[];
  readonly kept: Kept[];
}

/** What a script came to. */
export interface Played {
  /** Each a sentence; empty when everything is as it must be. */
  readonly faults: readonly string[];
  readonly acts: number;
  /** Of them, those that wait for a person at the end. */
  readonly parked: number;
  readonly kills: number;
  readonly requests: number;
}

/** Nothing here is about the disk: where the machine has a file system in memory, the files lie there. */
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const START = Date.UTC(2026, 10, 23, 8);
/** Seconds between two rounds: longer than in a ward, so that a script of an hour is a dozen rounds. */
const INTERVAL = 300;
/** What was deleted is noticed once an hour where there is no history, or where it could not be had. */
const HOUR = 3600;
/** What a restored HIS has forgotten is taken away only after the other workstations had time to bring it back. */
const GRACE = 600;

/** Plays a script in virtual time, lets everything come to rest, and looks at what must be true then. */
export async function play(
  script: Script,
  hospitalOf: (clock: Clock, script: Script, home: string) => Hospital = simulatedHospital,
): Promise<Played> {
  const clock = createClock(START);
  const random = chanceOf(script.seed);
  const home = mkdtempSync(join(MEMORY, "amanah-model-"));
  const hospital = hospitalOf(clock, script, home);
  const network = createNetwork(clock, random, hospital);
  await openWard(hospital);
  clock.moveTo(START + HOUR * 1000);
  const workstations = Array.from({ length: script.pcs }, (_, pc) =>
    createWorkstation({
      home,
      clock,
      random,
      fetch: network.fetchOf(pc),
      policy: { pageSize: script.pageSize, intervalSeconds: INTERVAL },
      onDeath: () => {},
    }),
  );
  const world: World = { clock, hospital, network, workstations, kept: [] };
  const stage = createStage(world);
  try {
    // Every workstation has its ward before anything happens to it.
    await stage.run(60);
    for (const step of script.steps) await stage.play(step);
    const faults = await stage.rest();
    return {
      faults,
      acts: world.kept.length,
      parked: workstations.reduce((sum, each) => sum + each.pc().journal.actCounts().parked, 0),
      kills: workstations.reduce((sum, each) => sum + each.deaths(), 0),
      requests: network.requests(),
    };
  } finally {
    for (const each of workstations) each.dispose();
    await hospital.close();
    rmSync(home, { recursive: true, force: true });
  }
}

function createStage(world: World) {
  const { clock, hospital, network, workstations, kept } = world;
  /** Saved while the workstation died: nobody was told, so it is saved again, as a clinician would. */
  const unsaved: { readonly row: NewActRow; readonly pc: number }[] = [];
  let acts = 0;
  /** Records that were deleted at the HIS at any time. */
  const deleted = new Set<string>();
  const faults: string[] = [];

  async function settle(): Promise<void> {
    for (let calm = 0; calm < 3;) {
      await turn();
      calm =
        network.busy() + workstations.reduce((sum, each) => sum + each.busy(), 0) === 0
          ? calm + 1
          : 0;
    }
  }

  async function run(seconds: number): Promise<void> {
    const end = clock.now() + seconds * 1000;
    for (;;) {
      await settle();
      const next = clock.next();
      if (next === null || next > end) break;
      clock.step();
    }
    clock.moveTo(end);
  }

  function save(pc: number, row: NewActRow): void {
    const living = workstations[pc]?.living();
    if (living === null || living === undefined) return;
    try {
      living.journal.putAct(row, []);
      kept.push({
        uuid: row.uuid,
        pc,
        patient: row.patient,
        at: clock.now(),
        resources: resourcesIn(row),
      });
      void living.sync.pushNow();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      unsaved.push({ row, pc });
    }
  }

  function reopen(pc: number): void {
    workstations[pc]?.reopen();
    const again = unsaved.filter((each) => each.pc === pc);
    for (const each of again) unsaved.splice(unsaved.indexOf(each), 1);
    for (const { row } of again) save(pc, row);
  }

  /** Put in the outbox of its workstation as the record would. */
  function charted(pc: number, act: Act): void {
    const { uuid, kind, patient, author, at } = act;
    const body = JSON.stringify({ act, signature: "signed" });
    save(pc, { uuid, kind, patient, author, at, queuedAt: clock.now(), body });
  }

  function frame(step: Step & { do: "chart" | "order" }) {
    acts += 1;
    return {
      uuid: `00000000-0000-4000-8000-${acts.toString(16).padStart(12, "0")}`,
      patient: PATIENTS[step.patient] ?? "amina",
      workstation: `pc-${step.pc}`,
      at: new Date(clock.now()).toISOString(),
    };
  }

  function chart(step: Step & { do: "chart" }): void {
    charted(step.pc, vitalsOf(frame(step), step.pulse, AUTHORS[step.author]));
  }

  function order(step: Step & { do: "order" }): void {
    charted(step.pc, orderOf(frame(step), { dose: { value: step.mg, unit: "mg" } }));
  }

  /** Looks at every workstation's chart; whether it is otherwise than the HIS, which is a fault unless it may be so now. */
  function differs(mayBe: (one: Difference) => boolean): boolean {
    const found = chartDifferences(world);
    faults.push(...found.filter((one) => !mayBe(one)).map(({ text }) => text));
    return found.length > 0;
  }
  const isDeleted = ({ record }: Difference): boolean => record !== null && deleted.has(record);

  async function away({ hours, history }: Step & { do: "away" }): Promise<void> {
    const begun = clock.now();
    network.outage = true;
    await run(HOUR);
    clock.moveTo(clock.now() + Math.max(hours - 2, 0) * HOUR * 1000);
    await run(HOUR);
    faults.push(...freshFaults(world, begun));
    if (history !== "kept")
      hospital.cutHistory(clock.now() - HOUR * 1000, history === "said-to-be-cut");
    network.outage = false;
  }

  async function playStep(step: Step): Promise<void> {
    const patient = "patient" in step ? (PATIENTS[step.patient] ?? "amina") : "amina";
    switch (step.do) {
      case "chart":
        return chart(step);
      case "order":
        return order(step);
      case "write":
        return await hospital.put(recordOf(step.type, patient, step.n, step.value));
      case "delete": {
        const { resourceType, id } = recordOf(step.type, patient, step.n, 0);
        if (!hospital.all(resourceType).some((each) => each.id === id)) return;
        deleted.add(`${resourceType}/${id}`);
        await hospital.remove(resourceType, id);
        return;
      }
      case "long": {
        const name = `long-${clock.now()}`;
        const records = Array.from({ length: step.count }, (_, n) =>
          recordOf(0, patient, `${name}-${n}`, n),
        );
        const begun = hospital.begin(records);
        if (begun === null) return;
        clock.after(step.seconds * 1000, begun.commit);
        await run(0.5);
        await hospital.put(recordOf(0, patient, `${name}-single`, 0));
        for (const each of workstations) void each.living()?.sync.pullNow();
        return;
      }
      case "admit":
        return await admitTo(hospital, patient, step.bed);
      case "discharge":
        return await dischargeFrom(hospital, patient);
      case "wait":
        return await run(step.seconds);
      case "befall":
        return network.befall(step.pc, { fault: step.fault, on: step.on, left: step.times });
      case "outage":
        network.outage = step.on;
        return;
      case "pull":
        void workstations[step.pc]?.living()?.sync.pullNow();
        return;
      case "restart-his":
        return network.restart();
      case "away":
        return await away(step);
      case "restore": {
        // Down for longer than a round: every workstation that lives has seen it.
        network.outage = true;
        await run(step.seconds);
        await hospital.restore(Math.max(START + HOUR * 1000, clock.now() - step.minutes * 60_000));
        network.outage = false;
        return;
      }
      case "compare":
        differs(({ isLeft }) => isLeft && !step.left);
        return;
      case "kill": {
        workstations[step.pc]?.dieAt(step.commit, step.when);
        void workstations[step.pc]?.living()?.sync.pullNow();
        clock.after(step.seconds * 1000, () => reopen(step.pc));
        return;
      }
      case "jump": {
        const moved = workstations[step.pc];
        if (moved !== undefined) moved.ahead += step.minutes * 60_000;
        return;
      }
      case "vault": {
        const living = workstations[step.pc]?.living();
        if (living === null || living === undefined) return;
        living.open = step.open;
        if (step.open) void living.sync.applyNow();
        return;
      }
    }
  }

  function isQuiet(): boolean {
    return workstations.every((each) => {
      const { journal, sync } = each.pc();
      const { waiting } = journal.actCounts();
      return (
        waiting === 0 &&
        journal.inboxSize().pages === 0 &&
        journal.backfill().every(({ state }) => state === "received") &&
        sync.view().state === "live"
      );
    });
  }

  return {
    run,
    async play(step: Step): Promise<void> {
      await playStep(step);
      await settle();
    },
    /** Nothing goes wrong any more: after a while everything must be as the HIS has it. */
    async rest(): Promise<string[]> {
      network.mend();
      for (const [pc, each] of workstations.entries()) {
        each.spare();
        reopen(pc);
        each.pc().open = true;
        void each.pc().sync.applyNow();
      }
      for (let rounds = 0; rounds < 12 && (rounds < 2 || !isQuiet()); rounds += 1)
        await run(INTERVAL + 40);
      // Only a deletion may be heard of later than that, and what is taken away after a restore.
      if (differs((one) => one.isLeft || isDeleted(one))) await run(GRACE + 2 * INTERVAL);
      if (differs(isDeleted)) await run(HOUR + 2 * INTERVAL);
      differs(() => false);
      return [
        ...new Set(faults),
        ...outboxFaults(world),
        ...screenFaults(world),
        ...keptFaults(world),
      ];
    },
  };
}

function resourcesIn({ body }: NewActRow): number {
  return body.split('"resourceType"').length - 1;
}
