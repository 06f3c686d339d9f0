import { createSecretKey } from "node:crypto";
import type { AcceptedFact, FactLedger, IncomingFact, Removal } from "../guard/index.ts";
import { createBurstWatch, factLedger, isGuarded, signatureOf } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { WARD_PATIENT } from "../store/index.ts";
import type { ChartWriter, Journal } from "../store/index.ts";
import { gatherNotice } from "./apply-notice.ts";
import { gatherProofs } from "./apply-proofs.ts";
import { emptyGathered, gatherPage } from "./apply-page.ts";
import type { Gathered, PagePlace } from "./apply-page.ts";
import type { Gaps } from "./gaps.ts";
import { idsOf, sectionsOf } from "./held-here.ts";
import { createListings } from "./listings.ts";
import { nextBatch } from "./lost-work.ts";
import { marksOf } from "./marks.ts";
import { moves } from "./moves.ts";
import { wantListing } from "./notice.ts";
import type { Notice } from "./notice.ts";
import type { HeldProofs } from "./proofs-held.ts";
import { SECTION_TYPES } from "./types.ts";
import type { Applied, SyncAlarm } from "./types.ts";
import type { Whereabouts } from "./whereabouts.ts";

/** Removals remembered; the ledger remembers those of safety-critical facts for good. */
const REMOVALS = 50_000;
/** More patients than this are told as "anything may have changed". */
const NAMED_PATIENTS = 200;

/** A page, and what it holds. */
export interface Opened {
  readonly page: PagePlace;
  readonly resources: readonly Record<string, unknown>[];
  readonly proofs: readonly Record<string, unknown>[];
  readonly notice: Notice | null;
}

/** What the journal commits with a batch of pages. */
export type JournalRows = Pick<Parameters<Journal["applied"]>[0], "seqs" | "backfill" | "meta">;

/** What one call has done so far. */
export interface Total {
  pages: number;
  resources: number;
  readonly patients: Set<string>;
  everybody: boolean;
  /** As in {@link Applied}. */
  beds: boolean;
  /** Who lies where was looked at in this call. */
  placed: boolean;
  readonly alarms: SyncAlarm[];
}

export function nothingYet(
  patients: readonly string[] = [],
  alarms: readonly SyncAlarm[] = [],
): Total {
  return {
    pages: 0,
    resources: 0,
    patients: new Set(patients),
    everybody: false,
    beds: false,
    placed: false,
    alarms: [...alarms],
  };
}

/** What was gathered of some pages and written together. */
interface Portion {
  readonly pages: number;
  readonly gathered: Gathered;
  readonly previous: ReadonlyMap<string, AcceptedFact>;
  readonly patients: readonly string[];
  readonly moved: boolean;
}

/** Judges opened pages and writes what comes of them, wherever they came from. */
export interface PortionWriter {
  /**
   * Both files, one after the other and without a pause between. `pages`: by portions that are gathered one after the other,
   * so that no more than one of them is in memory; they are written in one transaction all the same. `rows` is asked when all
   * have been taken. `total` counts only what is written.
   */
  write(pages: Iterable<readonly Opened[]>, total: Total, rows: () => JournalRows): void;
  /** What is told of it; `remaining`: pages that still wait. */
  appliedOf(total: Total, remaining: number | null): Applied;
}

export function createPortionWriter(room: {
  readonly chart: ChartWriter;
  readonly journal: Journal;
  /** AES-256-GCM key of the ledger; borrowed. */
  readonly ledgerKey: Uint8Array;
  readonly base: string;
  readonly now: () => number;
  readonly whereabouts: Whereabouts;
  readonly gaps: Gaps;
  readonly proofs: HeldProofs;
  /** Throws once the chart is to be closed. */
  readonly goOn: () => void;
}): PortionWriter {
  const { chart, journal, ledgerKey, whereabouts, gaps, proofs, goOn } = room;
  const listings = createListings();
  const removals = new Map<string, Removal>();
  const bursts = createBurstWatch();

  function write(pages: Iterable<readonly Opened[]>, total: Total, rows: () => JournalRows): void {
    const ledger = factLedger(journal, createSecretKey(ledgerKey));
    const batch = nextBatch(chart, journal);
    const facts = new Map<string, AcceptedFact>();
    const portions: Portion[] = [];
    let { placed } = total;
    together(() => {
      for (const whole of pages) {
        // All of the portion's first: a fact may lie before what vouches for it.
        const proven = proofs.add(whole.flatMap((page) => page.proofs));
        const previous = ledgerOf(ledger, whole, proven, total.alarms);
        // CLINICAL: what an earlier portion accepted is what there was before, though the ledger has not been told yet.
        for (const [key, fact] of facts) previous.set(key, fact);
        const gathered = gather(whole, previous, proven);
        // The scope changes with pages of its own; for back-fill alone it is enough to have looked once in this call.
        const looks = !placed || whole.some(({ page }) => page.kind !== "backfill");
        const changes = batchOf(gathered, previous, looks);
        const { patients } = chart.write(changes, batch, goOn);
        placed = true;
        for (const [key, fact] of gathered.facts) facts.set(key, fact);
        const moved = changes.placements.length + changes.departures.length > 0;
        // By far the most of it, and in the chart now.
        gathered.upserts.clear();
        portions.push({ pages: whole.length, gathered, previous, patients, moved });
      }
    });
    // Before the page is forgotten: a kill in between wants it twice, never not at all.
    const wanted = portions.flatMap(({ gathered }) => gathered.wanted);
    if (wanted.length > 0) journal.wantBackfill(wanted);
    const relist = portions.flatMap(({ gathered }) => [...gathered.relist]);
    if (relist.length > 0) wantListing(journal, [...new Set(relist)]);
    journal.applied({ ...rows(), ledger: ledger.written(facts.values()), audit: [], batch });
    // Only now: what failed before is gathered again from the same pages.
    total.placed = placed;
    for (const portion of portions) tally(portion, total);
    forgetOldest(removals);
  }

  /** One transaction of the chart. What fails in it is told as it is: a fault of ours is not the disk's. */
  function together(work: () => void): void {
    let fault: unknown = null;
    try {
      chart.together(() => {
        try {
          work();
        } catch (error) {
          fault = error;
          throw error;
        }
      });
    } catch (error) {
      throw fault ?? error;
    }
  }

  function tally({ pages, gathered, previous, patients, moved }: Portion, total: Total): void {
    for (const [key, removal] of gathered.known) removals.set(key, removal);
    total.pages += pages;
    total.resources += gathered.resources;
    total.alarms.push(...gathered.alarms, ...burst(gathered, previous));
    for (const patient of patients) total.patients.add(patient);
    if (moved || patients.includes(WARD_PATIENT)) total.beds = true;
    for (const { patient } of [...gathered.unreadable.values(), ...gathered.sections])
      total.patients.add(patient);
    if (gathered.typeAsOf.size > 0) total.everybody = true;
  }

  /** Unsigned allergies of patients whose allergies were known already: what comes with a new patient is no burst. */
  function burst(gathered: Gathered, previous: ReadonlyMap<string, AcceptedFact>): SyncAlarm[] {
    const { isLoaded } = sectionsOf(chart);
    const added = [...gathered.facts].filter(
      ([key, { resource, verdict, patient }]) =>
        resource.resourceType === "AllergyIntolerance" &&
        verdict === "apply-unverified" &&
        !previous.has(key) &&
        !gathered.sections.some((one) => one.patient === patient) &&
        isLoaded(patient, resource.resourceType),
    );
    const count = bursts.added(added.length, room.now());
    return count === null ? [] : [{ kind: "burst", count }];
  }

  function gather(
    opened: readonly Opened[],
    previous: ReadonlyMap<string, AcceptedFact>,
    proven: ReadonlySet<string>,
  ): Gathered {
    const gathered = emptyGathered();
    let inScope: ReadonlySet<string> | null = null;
    const setting = {
      base: room.base,
      now: room.now(),
      // A back-fill page names its patient: for those by the thousand nobody need know of all.
      get inScope() {
        return (inScope ??= new Set(journal.scope().map(({ patient }) => patient)));
      },
      previous: (type: string, id: string) => previous.get(`${type}/${id}`) ?? null,
      removal: (key: string) => removals.get(key),
      holders: whereabouts.of,
      settle: whereabouts.add,
      listings,
      ...sectionsOf(chart),
      hasGap: gaps.has,
      signature: (incoming: IncomingFact, fact: AcceptedFact | null) =>
        signatureOf(incoming, fact, proofs.of(lastOf(incoming))),
      author: (incoming: IncomingFact) => {
        const { resourceType, id } = lastOf(incoming);
        return proofs.author(`${resourceType}/${id}`);
      },
    };
    for (const { page, resources, notice } of opened) {
      goOn();
      if (notice === null) gatherPage(gathered, page, resources, setting);
      else gatherNotice(gathered, page.type, notice, setting);
    }
    gatherProofs(gathered, proven, setting);
    return gathered;
  }

  function ledgerOf(
    ledger: FactLedger,
    opened: readonly Opened[],
    proven: ReadonlySet<string>,
    alarms: SyncAlarm[],
  ): Map<string, AcceptedFact> {
    const touched = opened.flatMap(({ page: { type }, resources, notice }) =>
      isGuarded(type)
        ? [
            ...resources.map(({ id }) => id),
            ...idsOf(chart, type, notice),
            // CLINICAL: what an earlier part did not list is judged with all that is known of it, its claims included.
            ...(notice?.kind === "listing" && notice.part !== null
              ? listings.lackingSoFar(type, notice.part)
              : []),
          ].flatMap((id) => (typeof id === "string" ? [`${type}/${id}`] : []))
        : [],
    );
    // Mostly the same: what is touched is what something new was proven of.
    const keys = [...new Set([...touched, ...proven])].map((name) => {
      const [type = "", id = ""] = name.split("/");
      return { type, id };
    });
    return ledger.read(keys, (type, id) => {
      alarms.push({ kind: "ledger-unreadable", type, id });
    });
  }

  function batchOf(
    gathered: Gathered,
    previous: ReadonlyMap<string, AcceptedFact>,
    looks: boolean,
  ) {
    const marks = marksOf(gathered.facts, previous);
    return {
      upserts: [...gathered.upserts.values(), ...marks.upserts],
      removals: [...gathered.removals.values(), ...marks.removals],
      unreadable: [...gathered.unreadable.values()],
      sections: gathered.sections,
      typeAsOf: [...gathered.typeAsOf].map(([type, asOf]) => ({ type, asOf })),
      ...(looks ? moves(chart, journal) : { placements: [], departures: [] }),
    };
  }

  function appliedOf(total: Total, remaining: number | null): Applied {
    const { pages, resources, patients, everybody, beds, alarms } = total;
    const named = everybody || patients.size > NAMED_PATIENTS ? null : [...patients];
    return {
      pages,
      resources,
      remaining,
      patients: named,
      beds,
      asOf: oldest(chart.typeAsOf()),
      alarms,
    };
  }

  return { write, appliedOf };
}

/** The version that comes, or the last there was of what goes. */
function lastOf(incoming: IncomingFact): FhirResource {
  return "gone" in incoming ? incoming.last : incoming.resource;
}

function forgetOldest(removals: Map<string, unknown>): void {
  for (const key of removals.keys()) {
    if (removals.size <= REMOVALS) return;
    removals.delete(key);
  }
}

/** The oldest server time of the types this HIS gives; null before the first whole round. */
function oldest(times: ReadonlyMap<string, string>): string | null {
  const found = SECTION_TYPES.flatMap((type) => times.get(type) ?? []);
  return found.reduce<string | null>(
    (least, time) => (least === null || Date.parse(time) < Date.parse(least) ? time : least),
    null,
  );
}
