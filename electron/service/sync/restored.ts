import { HisError } from "../his/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import { isObject, parsePage, PROVENANCE } from "./page.ts";
import type { Job, PushParts } from "./push-parts.ts";
import { jobOf } from "./push-queue.ts";
import { actIdsOf, placesIn } from "./act-places.ts";
import { groupsOf, storedQuestion } from "./questions.ts";
import { patientOf } from "./references.ts";

/** Acts looked at to see whether the HIS went back in time. */
const NEWEST = 3;
/** Acts a page of the journal holds while all are looked for. */
const PAGE = 64;
/** Resources that one question asks about. */
const IDS = 60;

export type RestoredParts = Pick<
  PushParts,
  "his" | "link" | "journal" | "now" | "auditOf" | "onAlarm" | "onChange"
> & {
  /** They are the only copy again: into the escrow file. */
  readonly onUnsentAgain: (
    acts: readonly { readonly uuid: string; readonly body: string }[],
  ) => Promise<void>;
};

/**
 * A HIS that was restored from a backup has forgotten what it had acknowledged. The newest acknowledged acts are looked
 * for; if any of them is gone without having been deleted, all that are kept are, and those missing wait in the outbox
 * again, in their order. Answers how many. Throws `HisError`, `NotAPage`, and what the journal throws.
 */
export async function offerLostAgain(parts: RestoredParts): Promise<number> {
  const newest = jobsIn(await parts.journal.acknowledgedActs(Number.MAX_SAFE_INTEGER, NEWEST));
  if ((await lostOf(parts, newest)).length === 0) return 0;
  let below = Number.MAX_SAFE_INTEGER;
  let count = 0;
  for (;;) {
    const rows = await parts.journal.acknowledgedActs(below, PAGE);
    const lost = await lostOf(parts, jobsIn(rows));
    if (lost.length > 0) {
      await parts.onUnsentAgain(lost.map(({ row }) => row));
      await parts.journal.pushActs(
        lost.map((job) => again(parts, job)),
        [],
      );
      count += lost.length;
      parts.onChange();
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    below = last.seq;
  }
  if (count > 0) parts.onAlarm({ kind: "his-went-back", acts: count });
  return count;
}

function again({ auditOf }: RestoredParts, { row }: Job) {
  return {
    uuid: row.uuid,
    // It was offered before: looked for once more before it is sent.
    change: { state: "waiting", why: "offered-again", reason: null, nextAttempt: null } as const,
    audit: auditOf({
      act: row.uuid,
      patient: row.patient,
      author: row.author,
      kind: "offered-again",
    }),
  };
}

function jobsIn(rows: readonly Job["row"][]): Job[] {
  return rows.flatMap((row) => jobOf(row) ?? []);
}

interface Place {
  readonly job: Job;
  readonly type: string;
  readonly id: string;
  readonly base: string | null;
  /** The id it was charted under, and the version the HIS gave it. */
  readonly ours: string;
  readonly version: string | null;
}
type Held = ReadonlyMap<string, Record<string, unknown>>;

/** Acts of which nothing is at the HIS any more, though nobody deleted it there; and changes that were undone. */
async function lostOf(parts: RestoredParts, jobs: readonly Job[]): Promise<Job[]> {
  const places = jobs.flatMap((job) => placesOf(job));
  const held = await heldOf(parts, places);
  const keeping = new Set(
    places.filter((place) => isNamed(place, held)).map((place) => place.type),
  );
  const byJob = Map.groupBy(places, ({ job }) => job);
  const lost: Job[] = [];
  for (const [job, own] of byJob) {
    const words = new Set(own.map((place) => wordOn(place, held, keeping, parts.his.base)));
    if (words.has("not-ours")) lost.push(job);
    else if (!words.has("there") && !(await wereDeleted(parts, own))) lost.push(job);
  }
  return lost;
}

const keyOf = ({ type, id }: Place): string => `${type}/${id}`;

/** The HIS holds it under our identifier. */
function isNamed(place: Place, held: Held): boolean {
  return actIdsOf(held.get(keyOf(place)) ?? {}).includes(place.ours);
}

/**
 * What the HIS holds where an act's resource was. A restored HIS that gives ids of its own gives them anew: under the number
 * of ours there may be another record. `not-ours`: that, or a change that was undone. `keeping`: types of which it is seen to
 * keep our identifiers.
 */
function wordOn(
  place: Place,
  held: Held,
  keeping: ReadonlySet<string>,
  base: string,
): "there" | "missing" | "not-ours" {
  const there = held.get(keyOf(place));
  if (there === undefined) return "missing";
  const version = versionOf(there);
  if (place.base !== null) return version === place.base ? "not-ours" : "there";
  if (place.id === place.ours || place.type === PROVENANCE || isNamed(place, held)) return "there";
  if (actIdsOf(there).length > 0) return "not-ours";
  // It has no number of ours. As the HIS first stored ours it would: unless it keeps none, and then it is about the same patient.
  const isFirst = version !== null && version === place.version;
  const isElsewhere = patientOf(there, base) !== place.job.act.patient;
  return isFirst && (keeping.has(place.type) || isElsewhere) ? "not-ours" : "there";
}

function versionOf({ meta }: Readonly<Record<string, unknown>>): string | null {
  const version = isObject(meta) ? meta["versionId"] : null;
  return typeof version === "string" ? version : null;
}

function placesOf(job: Job): Place[] {
  const stored = placesIn(job.row);
  return job.act.entries.map(({ resource, base }: Act["entries"][number]) => ({
    job,
    type: resource.resourceType,
    id: stored[resource.id]?.id ?? resource.id,
    base,
    ours: resource.id,
    version: stored[resource.id]?.versionId ?? null,
  }));
}

async function heldOf({ his, link }: RestoredParts, places: readonly Place[]): Promise<Held> {
  const held = new Map<string, Record<string, unknown>>();
  for (const [type, own] of Map.groupBy(places, (place) => place.type)) {
    for (const ids of groupsOf([...new Set(own.map(({ id }) => id))], IDS)) {
      let target: string | null = storedQuestion(type, ids);
      for (let pages = 0; target !== null && pages < 20; pages += 1) {
        const asked: string = target;
        const page = parsePage((await link.run(async () => await his.get(asked))).bytes);
        for (const { id, resource } of page.entries) held.set(`${type}/${id}`, resource);
        target = page.next;
      }
    }
  }
  return held;
}

/**
 * What the HIS says of one record, or the status of its refusal. A web page under 404 or 410 is this HIS's way of saying so: it
 * has just answered in FHIR.
 */
async function askedOf(
  { his, link }: Pick<RestoredParts, "his" | "link">,
  target: string,
): Promise<string | number> {
  return await link.run(async () => {
    try {
      return new TextDecoder().decode((await his.get(target)).bytes);
    } catch (error) {
      if (!(error instanceof HisError)) throw error;
      const { failure } = error;
      if (failure.kind === "gone") return failure.status;
      if (failure.kind === "not-fhir" && (failure.status === 404 || failure.status === 410))
        return failure.status;
      // No history of it, or none at all here.
      if (failure.kind === "outcome" && target.endsWith("/_history")) return failure.status;
      throw error;
    }
  });
}

/** A deletion leaves its trace: 410, or a history. A HIS that went back has neither. */
export async function wereDeleted(
  { his, link }: Pick<RestoredParts, "his" | "link">,
  places: readonly Pick<Place, "type" | "id">[],
): Promise<boolean> {
  for (const { type, id } of places.slice(0, 1)) {
    const there = await askedOf({ his, link }, `${type}/${id}`);
    // It is there after all, and the search lags behind; or it was deleted.
    if (typeof there !== "number" || there === 410) return true;
    const history = await askedOf({ his, link }, `${type}/${id}/_history`);
    if (typeof history !== "number") return history.includes('"DELETE"');
  }
  return false;
}
