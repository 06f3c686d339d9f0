import { isAboutAnother, SignedAct } from "../../../shared/trust/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { ActRow } from "../store/index.ts";
import type { Job } from "./push-parts.ts";

interface Lane {
  readonly jobs: Job[];
  busy: boolean;
}

/**
 * What is to be sent, by patient: one request of a patient at a time, in the order it was charted, and nothing overtakes an
 * act that waits. It is filled in bounded pages, so that its size does not grow with the outbox.
 */
export interface PushQueue {
  add(job: Job): void;
  /** The next request's acts, of patients that are not busy; empty when there is none now. */
  take(mostEntries: number): Job[];
  /** The request is over; its patients' next acts may go. */
  release(jobs: readonly Job[]): void;
  /** Nothing more of this patient in this drain. */
  block(patient: string): void;
  /** An act of the patient is parked: what builds on its resources waits for it. */
  parked(act: Act): void;
  /** Whether acts wait that can be taken now. */
  isReady(): boolean;
  size(): number;
  /** Patients whose next act can be taken now. */
  ready(): number;
}

const isReady = ({ jobs, busy }: Lane): boolean => !busy && jobs.length > 0;

export function createPushQueue(): PushQueue {
  const lanes = new Map<string, Lane>();
  const blocked = new Set<string>();
  /** Ids of resources of parked acts, by patient. */
  const missing = new Map<string, Set<string>>();
  let size = 0;

  function drop(patient: string): void {
    size -= lanes.get(patient)?.jobs.length ?? 0;
    lanes.get(patient)?.jobs.splice(0);
  }

  function block(patient: string): void {
    blocked.add(patient);
    drop(patient);
  }

  /** True when an act builds on a parked one's resources: it refers to one, or updates one. */
  function buildsOnMissing({ act }: Job): boolean {
    const ids = missing.get(act.patient);
    if (ids === undefined || isAboutAnother(act)) return false;
    const text = JSON.stringify(act.entries);
    return [...ids].some((id) => text.includes(id));
  }

  return {
    add(job) {
      const { patient } = job.act;
      if (blocked.has(patient)) return;
      const lane = lanes.get(patient) ?? { jobs: [], busy: false };
      lanes.set(patient, lane);
      lane.jobs.push(job);
      size += 1;
    },
    take(mostEntries) {
      const taken: Job[] = [];
      let entries = 0;
      for (const [patient, lane] of lanes) {
        if (lane.busy) continue;
        for (let [job] = lane.jobs; job !== undefined; [job] = lane.jobs) {
          const isAlone = !goesTogether(job);
          if (taken.length > 0 && (isAlone || entries + sizeOf(job) > mostEntries)) return taken;
          if (buildsOnMissing(job)) {
            block(patient);
            break;
          }
          lane.jobs.shift();
          size -= 1;
          lane.busy = true;
          taken.push(job);
          entries += sizeOf(job);
          if (isAlone) return taken;
        }
        // The last of the patients served: the others come first next time.
        if (lane.busy) {
          lanes.delete(patient);
          lanes.set(patient, lane);
        }
        if (entries >= mostEntries) break;
      }
      return taken;
    },
    release(jobs) {
      for (const { act } of jobs) {
        const lane = lanes.get(act.patient);
        if (lane === undefined) continue;
        lane.busy = false;
        if (lane.jobs.length === 0) lanes.delete(act.patient);
      }
    },
    block,
    parked(act) {
      const ids = missing.get(act.patient) ?? new Set();
      missing.set(act.patient, ids);
      for (const { resource } of act.entries) ids.add(resource.id);
    },
    isReady: () => [...lanes.values()].some(isReady),
    ready: () => [...lanes.values()].filter(isReady).length,
    size: () => size,
  };
}

/** Entries of a request it takes: its resources, and what vouches for them. */
function sizeOf({ act, facts }: Job): number {
  return act.entries.length + (facts === null ? 0 : 1);
}

/**
 * New resources, never offered before, may share a transaction: nobody else's version can be in their way. What changes
 * something, or may be at the HIS already, goes alone.
 */
function goesTogether({ row, act }: Job): boolean {
  return (
    row.attempts === 0 &&
    row.state === "waiting" &&
    !isAboutAnother(act) &&
    act.entries.every(({ base }) => base === null)
  );
}

/** The act in a row; null when this PC cannot read it any more. */
export function jobOf(row: ActRow): Job | null {
  try {
    const signed = SignedAct.safeParse(JSON.parse(row.body));
    return signed.success ? { row, act: signed.data.act, facts: signed.data.facts ?? null } : null;
  } catch {
    return null;
  }
}
