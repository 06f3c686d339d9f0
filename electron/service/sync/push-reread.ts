import { isAsOrdered } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { actIdsOf, placesIn } from "./act-places.ts";
import { inParallel } from "./ask.ts";
import { parsePage, PROVENANCE } from "./page.ts";
import { learnDropped, REQUESTS } from "./push-parts.ts";
import type { Drain, Job } from "./push-parts.ts";
import { groupsOf, storedQuestion } from "./questions.ts";
import { holdsContent } from "./same-content.ts";

const ORDER = "MedicationRequest";

/** Resources that one question asks about: its answer is read in one go on the event loop. */
const RESOURCES = 60;

/** CLINICAL: to an order a HIS may not even add what makes another dose of it: a second line, "if needed". */
function isAsCharted(ours: FhirResource, theirs: Record<string, unknown>, base: string): boolean {
  if (!holdsContent(ours, theirs, base)) return false;
  return ours.resourceType !== ORDER || isAsOrdered(ours, theirs);
}

interface Sent {
  readonly act: string;
  readonly patient: string;
  readonly resource: FhirResource;
  readonly id: string;
  readonly version: string | null;
}

/**
 * What the HIS stored of these acts is read once more: SECURITY: what was changed on the way, by the HIS or somebody before
 * it, would else be believed in her name. It may add; what it left out or altered is an alarm. A version that came since is
 * somebody's own. Throws `HisError`, `NotAPage`.
 */
export async function rereadAll(drain: Drain, jobs: readonly Job[]): Promise<void> {
  const sent = jobs.flatMap(sentOf);
  const groups = [...Map.groupBy(sent, ({ resource }) => resource.resourceType)].flatMap(
    ([type, own]) => groupsOf(own, RESOURCES).map((group) => ({ type, group })),
  );
  // Side by side: of a day's charting there are more of these questions than there were requests that sent it.
  await inParallel(groups, REQUESTS, async ({ type, group }) => {
    const held = await heldOf(drain, type, group);
    for (const { act, patient, resource, id, version } of group) {
      const there = held.get(id);
      const isOurs = there !== undefined && (version === null || versionOf(there) === version);
      // One of the HIS's own that was only changed here never bore any.
      if (isOurs && actIdsOf(resource).length > 0)
        await learnDropped(drain, type, actIdsOf(there).length === 0);
      if (!isOurs || isAsCharted(resource, there, drain.his.base)) continue;
      drain.onAlarm({ kind: "changed-on-the-way", act, type, id, patient });
    }
  });
}

/** What was sent as it was charted; of what was merged at the HIS both sides stand, and nothing can be compared. */
function sentOf({ act, row }: Job): Sent[] {
  const stored = placesIn(row);
  const isMerged = row.theirs !== null && act.entries.some(({ base }) => base !== null);
  if (isMerged || act.kind === "withdrawal") return [];
  return act.entries.flatMap(({ resource }) => {
    const place = stored[resource.id];
    if (place === undefined || resource.resourceType === PROVENANCE) return [];
    const { patient } = act;
    return [{ act: act.uuid, patient, resource, id: place.id, version: place.versionId }];
  });
}

async function heldOf(
  { his, link }: Drain,
  type: string,
  sent: readonly Sent[],
): Promise<ReadonlyMap<string, Record<string, unknown>>> {
  const held = new Map<string, Record<string, unknown>>();
  const ids = sent.map(({ id }) => id);
  let target: string | null = storedQuestion(type, ids);
  for (let pages = 0; target !== null && pages < 20; pages += 1) {
    const asked: string = target;
    const page = parsePage((await link.run(async () => await his.get(asked))).bytes);
    for (const { id, resource } of page.entries) if (id !== null) held.set(id, resource);
    target = page.next;
  }
  return held;
}

function versionOf({ meta }: Readonly<Record<string, unknown>>): unknown {
  return (meta as { readonly versionId?: unknown } | undefined)?.versionId;
}
