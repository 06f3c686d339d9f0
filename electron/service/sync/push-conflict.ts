import { mergeResource } from "../../../shared/clinical/index.ts";
import { FhirResource } from "../../../shared/fhir/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import { HisError } from "../his/index.ts";
import { byId, looking } from "./act-lookup.ts";
import { basesOf, versionKey, type Versions } from "../store/index.ts";
import type { Drain, Job, Outcome } from "./push-parts.ts";
import { acknowledge, park, post } from "./push-steps.ts";
import { patientOf } from "./references.ts";

/** Times the HIS's version may move on while ours is merged into it; after that somebody is editing it right now. */
const MOST_TRIES = 3;

/** A HIS may tell the time of one version to the millisecond in one answer and to the second in the next. */
const SAME_MS = 1000;

/**
 * The HIS holds another version than the one an act was based on. What differs without touching is merged onto theirs and
 * sent; else base, mine and theirs are kept and a clinician decides. Never the last write wins. Throws `HisError`.
 */
export async function settleConflict(drain: Drain, job: Job, said: string): Promise<Outcome> {
  for (let tries = 0; ; tries += 1) {
    const versions = await theirsOf(drain, job.act);
    const kept = JSON.stringify(versions);
    if (Object.values(versions).some((theirs) => theirs === null))
      return await park(drain, job, "gone", null, kept);
    const merged = tries < MOST_TRIES ? merge(job, versions) : null;
    if (merged === null) return await park(drain, job, "conflict", said, kept);
    try {
      const stored = (await post(drain, [merged], "put"))?.[0];
      // Nothing is taken for granted: the next attempt looks first.
      if (stored === undefined) return await park(drain, job, "conflict", said, kept);
      const sent = Object.fromEntries(
        merged.entries.map(({ resource }) => [versionKey(resource), resource]),
      );
      return await acknowledge(drain, [
        { job, stored, found: false, merged: JSON.stringify(sent satisfies Versions) },
      ]);
    } catch (error) {
      const isMoved = error instanceof HisError && error.failure.kind === "conflict";
      if (!isMoved) throw error;
    }
  }
}

/**
 * A HIS that was restored from a backup gives numbers anew: under the number, and the very version, of what an act changes
 * there may be another record by now, even another patient's, and `If-Match` would let it be written over. What then is no
 * more there, as it is kept of a conflict; null: nothing.
 */
export async function isNoMoreThere(
  { his, link }: Drain,
  { row, act }: Job,
): Promise<string | null> {
  const bases = basesOf(row);
  for (const { resource, base } of act.entries) {
    if (base === null) continue;
    const read = await looking(async () => await byId(his, link, versionKey(resource)));
    if (read !== null && isAnother(read, resource, base, bases[versionKey(resource)], his.base))
      return JSON.stringify({ [versionKey(resource)]: null } satisfies Versions);
  }
  return null;
}

function isAnother(
  read: Record<string, unknown>,
  ours: FhirResource,
  version: string,
  kept: FhirResource | null | undefined,
  base: string,
): boolean {
  const { meta } = FhirResource.catch(ours).parse(read);
  if (meta?.versionId !== version) return false;
  if (patientOf(read, base) !== patientOf(ours, base)) return true;
  const [then, now] = [kept?.meta?.lastUpdated, meta.lastUpdated].map((time) =>
    Date.parse(time ?? ""),
  );
  return then !== undefined && now !== undefined && Math.abs(now - then) >= SAME_MS;
}

/** What the HIS holds now of what an act changes. */
async function theirsOf({ his, link }: Drain, act: Act): Promise<Versions> {
  const versions: Record<string, FhirResource | null> = {};
  for (const { resource, base } of act.entries) {
    if (base === null) continue;
    const found = FhirResource.safeParse(await byId(his, link, versionKey(resource)));
    versions[versionKey(resource)] = found.success ? found.data : null;
  }
  return versions;
}

/** The act's entries on their versions; null when a clinician has to decide. */
function merge({ row, act }: Job, versions: Versions): Pick<Act, "entries"> | null {
  const bases = basesOf(row);
  const entries: Act["entries"] = [];
  for (const entry of act.entries) {
    const theirs = versions[versionKey(entry.resource)];
    const version = theirs?.meta?.versionId;
    if (entry.base === null) entries.push(entry);
    else if (theirs === null || theirs === undefined || version === undefined) return null;
    else {
      const base = bases[versionKey(entry.resource)] ?? null;
      const { resource } = mergeResource({ base, mine: entry.resource, theirs });
      if (resource === null) return null;
      entries.push({ resource, base: version });
    }
  }
  return { entries };
}
