import { isGuarded } from "../guard/index.ts";
import type { AcceptedFact, Removal } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { Gathered, Setting } from "./apply-page.ts";
import { gateRemoval } from "./guarded.ts";
import { gatherMoved } from "./apply-repoint.ts";
import type { ListingRun } from "./listings.ts";
import { isNewer } from "./notice.ts";
import type { Listing, Notice } from "./notice.ts";
import type { ListingPart } from "./types.ts";

/** A row that could not be read has no time of the HIS; for so long no listing takes it away. */
const UNREADABLE_MS = 3_600_000;

/** Adds to what is gathered what a notice says is gone. Idempotent: what is not held, or newer, stays as it is. */
export function gatherNotice(
  gathered: Gathered,
  type: string,
  notice: Notice,
  setting: Setting,
): void {
  if (notice.kind === "listing") {
    gatherListing(gathered, type, notice, setting);
    return;
  }
  if (notice.kind === "moved") {
    gatherMoved(gathered, type, notice, setting);
    return;
  }
  for (const { id, ...removal } of notice.gone) {
    const known = gathered.known.get(`${type}/${id}`) ?? setting.removal(`${type}/${id}`);
    // CLINICAL: the overlap repeats it; what came since, and may be unreadable and so of no known version, stays.
    if (known?.at === removal.at && known.version === removal.version) continue;
    gathered.known.set(`${type}/${id}`, removal);
    const fact = isGuarded(type) ? factOf(gathered, type, id, setting) : null;
    const holders = new Set(setting.holders(type, id));
    if (fact !== null) holders.add(fact.patient);
    for (const patient of holders) {
      const held = heldNow(gathered, type, patient, setting);
      remove(gathered, { patient, type, id }, held.get(id) ?? null, removal, setting);
    }
  }
}

/**
 * What this PC holds and the HIS does not list is gone, unless it was written so lately that the listing may have missed
 * it. What the HIS lists and this PC lacks, or holds in another version, was missed: its section is fetched again.
 */
function gatherListing(gathered: Gathered, type: string, listing: Listing, setting: Setting): void {
  const listed = new Set(listing.held.map(([id]) => id));
  const before = Date.parse(listing.before);
  const removal: Removal = { version: null, at: listing.asOf, exact: false };
  const missed = new Set<string>();
  const run =
    listing.part === null || listing.part.of === 1 ? null : setting.listings.of(type, listing.part);
  const held = new Map(
    listing.patients.map((patient) => [patient, heldNow(gathered, type, patient, setting)]),
  );
  for (const [patient, resources] of held) {
    const unreadable = setting.unreadable(patient, type);
    for (const id of new Set([...resources.keys(), ...unreadable.keys()])) {
      const resource = resources.get(id) ?? null;
      // CLINICAL: without a time nothing shows that the listing should have had it, and nothing is taken away.
      const isOld =
        resource === null
          ? setting.now - (unreadable.get(id) ?? setting.now) > UNREADABLE_MS
          : Date.parse(resource.meta?.lastUpdated ?? "") < before;
      if (listed.has(id) || !isOld || !listing.takes) continue;
      // CLINICAL: another part may list it under another patient: it must not be missing from both meanwhile.
      if (run !== null) run.lacking.set(id, { patient, removal });
      else {
        gathered.known.set(`${type}/${id}`, removal);
        remove(gathered, { patient, type, id }, resource, removal, setting);
      }
    }
  }
  for (const [id, version, lastUpdated, owner] of listing.held) {
    const patient = owner ?? (listing.patients.length === 1 ? listing.patients[0] : undefined);
    if (patient !== undefined && !held.get(patient)?.has(id)) run?.listed.add(id);
    if (patient === undefined || !(Date.parse(lastUpdated ?? "") < before)) continue;
    if (!setting.isLoaded(patient, type) || setting.unreadable(patient, type).has(id)) continue;
    const resource = held.get(patient)?.get(id);
    // CLINICAL: what the guard holds back differs from the HIS's version on purpose.
    if ((setting.previous(type, id)?.claims.length ?? 0) > 0) continue;
    if (resource === undefined || (resource.meta?.versionId ?? null) !== version)
      missed.add(patient);
  }
  for (const patient of missed) gathered.wanted.push({ patient, type });
  if (run !== null && listing.part !== null) endPart(gathered, type, run, listing.part, setting);
}

/** After the last part: what no part listed is gone; when a part was never heard, all is asked again. */
function endPart(
  gathered: Gathered,
  type: string,
  run: ListingRun,
  part: ListingPart,
  setting: Setting,
): void {
  run.parts.add(part.at);
  if (part.at < part.of - 1) return;
  if (run.parts.size < part.of) {
    gathered.relist.add(type);
    return;
  }
  for (const [id, { patient, removal }] of run.lacking) {
    if (run.listed.has(id)) continue;
    gathered.known.set(`${type}/${id}`, removal);
    const last = heldNow(gathered, type, patient, setting).get(id) ?? null;
    remove(gathered, { patient, type, id }, last, removal, setting);
  }
}

/** A section as it is with what is gathered so far. */
function heldNow(
  gathered: Gathered,
  type: string,
  patient: string,
  setting: Setting,
): ReadonlyMap<string, FhirResource> {
  const held = new Map(setting.held(patient, type));
  for (const { patient: whose, type: what, id } of gathered.removals.values())
    if (whose === patient && what === type) held.delete(id);
  for (const { patient: whose, resource } of gathered.upserts.values())
    if (whose === patient && resource.resourceType === type) held.set(resource.id, resource);
  return held;
}

function remove(
  gathered: Gathered,
  place: { readonly patient: string; readonly type: string; readonly id: string },
  last: FhirResource | null,
  removal: Removal,
  setting: Setting,
): void {
  const { patient, type, id } = place;
  const key = `${patient}/${type}/${id}`;
  const previous = isGuarded(type) ? factOf(gathered, type, id, setting) : null;
  const inForce = previous?.removed === null && previous.patient === patient ? previous : null;
  // What the chart has lost already, to a kill before the ledger knew, the ledger still has.
  const known = last ?? inForce?.resource ?? null;
  if (known !== null && isNewer(known, removal)) return;
  // CLINICAL: what is said to be another's now is not listed as his, of course: the claim stays what it was.
  if (!removal.exact && inForce?.claims.some((claim) => claim.patient !== patient)) return;
  const isUnreadable = gathered.unreadable.has(key) || setting.unreadable(patient, type).has(id);
  if (known === null && !isUnreadable) return;
  if (isGuarded(type)) {
    if (known !== null) {
      const incoming = { patient, gone: removal, last: known };
      // CLINICAL: a removal that is held takes nothing away.
      if (!gateRemoval(gathered, incoming, previous, setting)) return;
    }
    gathered.alarms.push({ kind: "removed", type, id, patient });
  }
  gathered.upserts.delete(key);
  gathered.unreadable.delete(key);
  gathered.removals.set(key, { patient, type, id });
}

function factOf(
  gathered: Gathered,
  type: string,
  id: string,
  setting: Setting,
): AcceptedFact | null {
  return gathered.facts.get(`${type}/${id}`) ?? setting.previous(type, id);
}
