import { isDeepStrictEqual } from "node:util";
import { ACT_SET_SYSTEM } from "../../shared/trust/index.ts";
import { patientView } from "../../electron/service/chart/patient-view.ts";
import { isGuarded } from "../../electron/service/guard/index.ts";
import { WARD_PATIENT } from "../../electron/service/store/index.ts";
import { SECTION_TYPES } from "../../electron/service/sync/types.ts";
import type { TestPc } from "../../electron/service/sync/test-pc.ts";
import type { Resource } from "./hospital.ts";
import type { World } from "./play.ts";
import { inpatients } from "./ward.ts";

/** Failures of the HIS itself after which an act is parked. */
const MOST_FAILURES = 8;

/** What the HIS has is forgotten here a fortnight later by the PC's own clock, which scripts put on by days. */
const FORGOTTEN_MS = 8 * 24 * 3_600_000;

/** What is wrong with the acts: each must be at the HIS once, in order, or parked with a reason the HIS gave. */
export function outboxFaults({ clock, hospital, network, workstations, kept }: World): string[] {
  const faults: string[] = [];
  const copies = copiesOf(["Observation", "MedicationRequest"].flatMap(hospital.all));
  for (const { uuid, pc, at, resources } of kept) {
    const row = workstations[pc]?.pc().journal.act(uuid) ?? null;
    const most = Math.max(0, ...(copies.get(uuid)?.values() ?? []));
    const there = copies.get(uuid)?.size ?? 0;
    if (row === null) {
      if (clock.now() - at < FORGOTTEN_MS || there !== resources)
        faults.push(`act ${uuid} of pc ${pc} is lost from its journal`);
    } else if (row.state === "parked") {
      const held = network.refused.get(uuid) ?? { final: 0, passing: 0 };
      if (row.reason === null || row.reason === "")
        faults.push(`act ${uuid} is parked without a reason`);
      if (held.final === 0 && held.passing < MOST_FAILURES)
        faults.push(`act ${uuid} is parked though the HIS never refused it: ${row.reason}`);
    } else if (row.state !== "acknowledged")
      faults.push(`act ${uuid} of pc ${pc} is left ${row.state}: ${row.reason}`);
    else if (there !== resources)
      faults.push(
        `act ${uuid} is acknowledged and ${there} of its ${resources} resources are at the HIS`,
      );
    // A HIS that heeds no condition takes what a proxy repeats; nobody can keep it from that.
    if (most > 1 && (hospital.conditionalCreate || !network.repeated.has(uuid)))
      faults.push(`act ${uuid} is at the HIS ${most} times`);
  }
  return [...faults, ...orderFaults({ network, workstations, kept })];
}

function copiesOf(resources: readonly Resource[]): Map<string, Map<string, number>> {
  const copies = new Map<string, Map<string, number>>();
  for (const resource of resources) {
    const identifiers = (resource["identifier"] ?? []) as { system: string; value: string }[];
    const set = identifiers.find(({ system }) => system === ACT_SET_SYSTEM)?.value;
    const own = identifiers.find(({ system }) => system !== ACT_SET_SYSTEM)?.value ?? resource.id;
    if (set === undefined) continue;
    const held = copies.get(set) ?? new Map<string, number>();
    copies.set(set, held.set(own, (held.get(own) ?? 0) + 1));
  }
  return copies;
}

/** Within a patient no act of a workstation comes before an earlier one of it; what was parked stood aside. */
function orderFaults({
  network,
  workstations,
  kept,
}: Pick<World, "network" | "workstations" | "kept">): string[] {
  const place = new Map(network.taken.map(({ act }, at) => [act, at]));
  const faults: string[] = [];
  const newest = new Map<string, { uuid: string; at: number }>();
  for (const { uuid, pc, patient } of kept) {
    const at = place.get(uuid);
    if (at === undefined || workstations[pc]?.pc().journal.act(uuid)?.state !== "acknowledged")
      continue;
    const before = newest.get(`${pc} ${patient}`);
    if (before !== undefined && before.at > at)
      faults.push(`act ${uuid} reached the HIS before act ${before.uuid}, which was charted first`);
    newest.set(`${pc} ${patient}`, { uuid, at });
  }
  return faults;
}

/** Each order that was charted is on its workstation's screen once: in the record, or as one that waits here. */
export function screenFaults({ clock, hospital, workstations, kept }: World): string[] {
  const there = new Set(inpatients(hospital));
  return kept.flatMap(({ uuid, pc, patient }) => {
    const living = workstations[pc]?.pc();
    const row = living?.journal.act(uuid);
    if (living === undefined || row?.kind !== "order" || !there.has(patient)) return [];
    const now = new Date(clock.now()).toISOString();
    const view = patientView({ chart: living.chart, acts: living.journal, now }, patient);
    const ours = hospital
      .all("MedicationRequest")
      .filter((order) => JSON.stringify(order["identifier"] ?? []).includes(uuid));
    const listed = (view?.medicines ?? []).filter(({ id }) => ours.some((one) => one.id === id));
    const waiting = (view?.orderedHere ?? []).filter(({ act }) => act === uuid);
    const times = listed.length + waiting.length;
    return times === Math.max(1, ours.length) ? [] : [`order ${uuid} is shown ${times} times`];
  });
}

/** Nothing is said to be known of a time in which nobody could be asked, nor that the line is up. */
export function freshFaults({ workstations }: World, since: number): string[] {
  return workstations.flatMap((each, pc) => {
    const living = each.living();
    if (living === null) return [];
    const { state } = living.sync.view();
    const late = living.chart
      .patients()
      .flatMap((patient) => living.chart.sections(patient))
      .filter(({ asOf }) => asOf !== null && Date.parse(asOf) > since);
    return [
      ...(state === "outage" || state === "starting" ? [] : [`pc ${pc}: is ${state} in an outage`]),
      ...late.map(({ type, asOf }) => `pc ${pc}: ${type} is said to be as of ${asOf}`),
    ];
  });
}

/** Nobody's record is kept who is in no bed here and of whom nobody knows when he left. */
export function keptFaults({ workstations }: World): string[] {
  return workstations.flatMap((each, pc) => {
    const { chart, journal } = each.pc();
    const known = new Set([WARD_PATIENT, ...journal.scope().map(({ patient }) => patient)]);
    return chart
      .patients()
      .filter((patient) => !known.has(patient))
      .map((patient) => `pc ${pc}: keeps ${patient}, who was forgotten`);
  });
}

/** How a workstation's chart differs from the HIS. */
export interface Difference {
  readonly text: string;
  /** `type/id` of the record it is about; null: of none. */
  readonly record: string | null;
  /** Here and no longer at the HIS. */
  readonly isLeft: boolean;
}

/** Where a workstation's chart differs from the HIS, for who lies on the ward. */
export function chartDifferences({ hospital, workstations }: World): Difference[] {
  const there = inpatients(hospital);
  return workstations.flatMap((each, pc) => {
    const found: Difference[] = [];
    const living = each.pc();
    const { chart, journal, sync } = living;
    const say = (text: string): void =>
      void found.push({ text: `pc ${pc}: ${text}`, record: null, isLeft: false });
    const differ = (patient: string, type: string, theirs: readonly Resource[]): void => {
      for (const one of differences(living, patient, type, theirs))
        found.push({ ...one, text: `pc ${pc}: ${one.text}` });
    };
    const placed = chart
      .placements()
      .map(({ patient }) => patient)
      .toSorted();
    if (!isDeepStrictEqual(placed, there))
      say(`has ${placed.join()} on its board, the ward ${there.join()}`);
    if (journal.inboxSize().pages > 0) say(`${journal.inboxSize().pages} pages are not applied`);
    for (const { patient, type, state } of journal.backfill())
      if (state !== "received" && there.includes(patient))
        say(`${type} of ${patient} is still wanted`);
    if (sync.view().state !== "live") say(`is ${sync.view().state}: ${sync.view().detail}`);
    for (const patient of there) {
      for (const row of chart.unreadable(patient))
        say(`${row.type}/${row.id} of ${patient}: ${row.reason}`);
      for (const type of SECTION_TYPES) {
        if (!chart.sections(patient).some((row) => row.type === type && row.loaded))
          say(`${type} of ${patient} is not loaded`);
        differ(
          patient,
          type,
          hospital.all(type).filter((resource) => isOf(resource, patient)),
        );
      }
    }
    differ(WARD_PATIENT, "Practitioner", hospital.all("Practitioner"));
    return found;
  });
}

function isOf(resource: Resource, patient: string): boolean {
  if (resource.resourceType === "Patient") return resource.id === patient;
  const whose = (resource["patient"] ?? resource["subject"]) as { reference: string } | undefined;
  return whose?.reference === `Patient/${patient}`;
}

function differences(
  pc: TestPc,
  patient: string,
  type: string,
  theirs: readonly Resource[],
): Difference[] {
  const ours = new Map(pc.chart.resources(patient, type).resources.map((each) => [each.id, each]));
  const found: Difference[] = [];
  const say = (record: string, text: string, isLeft = false): void =>
    void found.push({ record, text: `${record} ${text}`, isLeft });
  for (const resource of theirs) {
    const held = ours.get(resource.id);
    ours.delete(resource.id);
    const record = `${type}/${resource.id}`;
    if (held === undefined) say(record, "is missing");
    else if (!isDeepStrictEqual(plain(held), plain(resource)) && !isHeldBack(pc, type, resource.id))
      say(
        record,
        `is ${JSON.stringify(held.meta)}, at the HIS ${JSON.stringify(resource["meta"])}`,
      );
  }
  for (const id of ours.keys())
    if (!isHeldBack(pc, type, id)) say(`${type}/${id}`, "is here and no longer at the HIS", true);
  return found;
}

/** The guard keeps the earlier version of a safety-critical fact in force on purpose, and says so in the ledger. */
function isHeldBack(pc: TestPc, type: string, id: string): boolean {
  return isGuarded(type) && (pc.fact(type, id)?.claims.length ?? 0) > 0;
}

function plain(resource: object): unknown {
  return JSON.parse(JSON.stringify(resource));
}
