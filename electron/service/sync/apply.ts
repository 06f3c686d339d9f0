import { createSecretKey } from "node:crypto";
import type {
  AcceptedFact,
  FactLedger,
  IncomingFact,
  Removal,
  SigningTrust,
} from "../guard/index.ts";
import { createBurstWatch, factLedger, isGuarded, signatureOf } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { StoreError, WARD_PATIENT } from "../store/index.ts";
import type { ChartWriter, InboxPage, Journal } from "../store/index.ts";
import { createPageOpener, INBOX_INFO } from "../vault/index.ts";
import { gatherNotice } from "./apply-notice.ts";
import { gatherProofs } from "./apply-proofs.ts";
import { emptyGathered, gatherPage } from "./apply-page.ts";
import { marksOf } from "./marks.ts";
import type { Gathered, PagePlace } from "./apply-page.ts";
import { createStraight } from "./apply-straight.ts";
import type { Straight } from "./apply-straight.ts";
import { idsOf, sectionsOf } from "./held-here.ts";
import { createRevisits } from "./hold-revoked.ts";
import { createHolds } from "./holds.ts";
import type { Holds } from "./holds.ts";
import { createListings } from "./listings.ts";
import { moves } from "./moves.ts";
import { wantListing } from "./notice.ts";
import type { Notice } from "./notice.ts";
import { createHeldProofs } from "./proofs-held.ts";
import { openPage } from "./sealed-page.ts";
import { SECTION_TYPES } from "./types.ts";
import type { Applied, SyncAlarm } from "./types.ts";
import { createGaps } from "./gaps.ts";
import { nextBatch } from "./lost-work.ts";
import { createWhereabouts } from "./whereabouts.ts";

/** A transaction of the chart takes about this many resources: enough to gather a patient's, few enough that a seal waits little. */
const BATCH_RESOURCES = 1000;
const BATCH_PAGES = 200;
/** Removals remembered; the ledger remembers those of safety-critical facts for good. */
const REMOVALS = 50_000;
/** More patients than this are told as "anything may have changed". */
const NAMED_PATIENTS = 200;

export interface ApplyOptions {
  readonly chart: ChartWriter;
  readonly journal: Journal;
  /** X25519 private key; borrowed. */
  readonly inboxKey: Uint8Array;
  /** AES-256-GCM key of the ledger; borrowed. */
  readonly ledgerKey: Uint8Array;
  readonly base: string;
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly tick: () => number;
  /** Lets other calls of the thread through between batches. */
  readonly pause: () => Promise<void>;
  /** As of {@link createStraight}. */
  readonly gatherMs?: number;
  /** True once the chart is to be closed: a batch that is not committed yet is given up, its pages stay in the inbox. */
  readonly closing?: () => boolean;
}

export interface Apply extends Holds, Straight {
  applyInbox(budgetMs: number): Promise<Applied>;
  /**
   * Whose signatures over clinical facts count from now on; none until then. What was accepted on one that does not count any
   * more is looked at again before this answers; the next {@link Apply.applyInbox} tells of it.
   */
  useSigningKeys(trust: SigningTrust): void;
  /** Zeroes what it derived of the vault's key. */
  close(): void;
}

/**
 * Brings the sealed inbox into the chart, oldest page first, until nothing is left or `budgetMs` is over. A page is
 * forgotten only after the chart has committed it; a kill in between applies it again, which changes nothing.
 */
export function createApply(options: ApplyOptions): Apply {
  const { chart, journal, inboxKey, ledgerKey } = options;
  const gaps = createGaps(journal);
  const whereabouts = createWhereabouts(chart);
  const listings = createListings();
  const removals = new Map<string, Removal>();
  const opener = createPageOpener(inboxKey, INBOX_INFO);
  const bursts = createBurstWatch();
  const proofs = createHeldProofs(options.now);

  const files = { chart, journal, ledgerKey, settle: whereabouts.add };
  const revisits = createRevisits(files, { now: options.now, goOn });

  const waiting = (limit: number): readonly InboxPage[] =>
    journal.inbox(limit, { resources: BATCH_RESOURCES, except: gaps.pages() });

  async function applyBatch(pages: readonly InboxPage[], total: Total): Promise<void> {
    const whole: Opened[] = [];
    const seqs: number[] = [];
    for (const page of pages) {
      const opened = await openOrReport(page, total);
      if (opened === null) continue;
      whole.push(opened);
      seqs.push(page.seq);
    }
    if (whole.length === 0) return;
    if (whole.some(({ resources, notice }) => notice !== null || resources.length > 0))
      await know();
    write([whole], total, () => ({ seqs }));
  }

  /** It takes a second in a large chart: whoever locks does not wait for it. */
  async function know(): Promise<void> {
    await whereabouts.know(async () => {
      await options.pause();
      goOn();
    });
  }

  /**
   * Both files, one after the other and without a pause between. `pages`: by portions that are gathered one after the other,
   * so that no more than one of them is in memory; they are written in one transaction all the same.
   */
  function write(pages: Iterable<readonly Opened[]>, total: Total, rows: () => JournalRows): void {
    const ledger = factLedger(journal, createSecretKey(ledgerKey));
    const batch = nextBatch(chart, journal);
    const facts = new Map<string, AcceptedFact>();
    const portions: Portion[] = [];
    together(() => {
      for (const whole of pages) {
        // All of the portion's first: a fact may lie before what vouches for it.
        const proven = proofs.add(whole.flatMap((page) => page.proofs));
        const previous = ledgerOf(ledger, whole, proven, total.alarms);
        // CLINICAL: what an earlier portion accepted is what there was before, though the ledger has not been told yet.
        for (const [key, fact] of facts) previous.set(key, fact);
        const gathered = gather(whole, previous, proven);
        // The scope changes with pages of its own; for back-fill alone it is enough to have looked once in this call.
        const looks = !total.placed || whole.some(({ page }) => page.kind !== "backfill");
        const changes = batchOf(gathered, previous, looks);
        const { patients } = chart.write(changes, batch, goOn);
        total.placed = true;
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
    for (const portion of portions) tally(portion, total);
    forgetOldest(removals);
  }

  /** One transaction of the chart. What fails in it is told as it is: a fault of ours is not the disk's. */
  function together(work: () => void): void {
    let fault: { readonly error: unknown } | null = null;
    try {
      chart.together(() => {
        try {
          work();
        } catch (error) {
          fault = { error };
          throw error;
        }
      });
    } catch (error) {
      throw (fault as { readonly error: unknown } | null)?.error ?? error;
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

  const straight = createStraight({
    ...options,
    goOn,
    know,
    isBehind: () => waiting(1).length > 0,
    write(pages, isPlaced, rows) {
      const total = { ...nothingYet(), placed: isPlaced };
      write(pages, total, rows);
      return appliedOf(total, 0);
    },
  });

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
    const count = bursts.added(added.length, options.now());
    return count === null ? [] : [{ kind: "burst", count }];
  }

  /** @throws {@link GivenUp} once the chart is to be closed: whoever locked waits for this thread. */
  function goOn(): void {
    if (options.closing?.() === true) throw new GivenUp();
  }

  async function openOrReport(page: InboxPage, total: Total): Promise<Opened | null> {
    goOn();
    try {
      return { page, ...(await openPage(opener, page)) };
    } catch (error) {
      total.alarms.push(
        gaps.unopened(page, error instanceof Error ? error.message : "it does not open"),
      );
      return null;
    }
  }

  function gather(
    opened: readonly Opened[],
    previous: ReadonlyMap<string, AcceptedFact>,
    proven: ReadonlySet<string>,
  ): Gathered {
    const gathered = emptyGathered();
    let inScope: ReadonlySet<string> | null = null;
    const setting = {
      base: options.base,
      now: options.now(),
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

  const applyInbox = async (budgetMs: number): Promise<Applied> => {
    const until = options.tick() + budgetMs;
    unlessGivenUp(revisits.again);
    straight.rest();
    const { patients, alarms } = revisits.take();
    const total = nothingYet(patients, alarms);
    let size = BATCH_PAGES;
    let givenUp = false;
    do {
      const pages = waiting(size);
      if (pages.length === 0) break;
      try {
        await applyBatch(pages, total);
      } catch (error) {
        givenUp = isGivenUp(error);
        if (givenUp) break;
        if (isOfTheDisk(error)) throw error;
        // One page must not hold up the ward: find it alone, keep it, and go on without it.
        if (pages.length > 1) size = 1;
        else
          total.alarms.push(
            gaps.unapplied(
              pages[0] as InboxPage,
              error instanceof Error ? error.message : "it cannot be applied",
            ),
          );
        continue;
      }
      size = BATCH_PAGES;
      await options.pause();
    } while (options.tick() < until && options.closing?.() !== true);
    return appliedOf(
      total,
      givenUp || options.closing?.() === true
        ? null
        : Math.max(journal.inboxSize().pages - gaps.pages().size, 0),
    );
  };

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

  function useSigningKeys(trust: SigningTrust): void {
    proofs.trust(trust);
    try {
      unlessGivenUp(() => revisits.by(trust));
    } catch (error) {
      // A full disk keeps nobody from reading: it is tried again with the next pages.
      if (!isOfTheDisk(error)) throw error;
    }
  }

  return { applyInbox, ...straight, useSigningKeys, ...createHolds(files), close: opener.close };
}

/** A batch that was not written, because the chart is to be closed. */
class GivenUp extends Error {}

function isGivenUp(error: unknown): boolean {
  return (
    error instanceof GivenUp || (error instanceof StoreError && error.cause instanceof GivenUp)
  );
}

function unlessGivenUp(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isGivenUp(error)) throw error;
  }
}

/** The version that comes, or the last there was of what goes. */
function lastOf(incoming: IncomingFact): FhirResource {
  return "gone" in incoming ? incoming.last : incoming.resource;
}

/** A page, and what it holds. */
export interface Opened {
  readonly page: PagePlace;
  readonly resources: readonly Record<string, unknown>[];
  readonly proofs: readonly Record<string, unknown>[];
  readonly notice: Notice | null;
}

function forgetOldest(removals: Map<string, unknown>): void {
  for (const key of removals.keys()) {
    if (removals.size <= REMOVALS) return;
    removals.delete(key);
  }
}

/** What was gathered of some pages and written together. */
interface Portion {
  readonly pages: number;
  readonly gathered: Gathered;
  readonly previous: ReadonlyMap<string, AcceptedFact>;
  readonly patients: readonly string[];
  readonly moved: boolean;
}

/** What the journal commits with a batch of pages. */
export type JournalRows = Pick<Parameters<Journal["applied"]>[0], "seqs" | "backfill" | "meta">;

interface Total {
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

function nothingYet(patients: readonly string[] = [], alarms: readonly SyncAlarm[] = []): Total {
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

// A full, damaged or busy disk is no page's fault: the whole call fails, nothing is forgotten, and it is tried again.
function isOfTheDisk(error: unknown): boolean {
  if (!(error instanceof StoreError)) return false;
  const { cause } = error;
  const code =
    typeof cause === "object" && cause !== null ? (cause as { code?: unknown }).code : null;
  return error.code !== "other" || typeof code === "string";
}

/** The oldest server time of the types this HIS gives; null before the first whole round. */
function oldest(times: ReadonlyMap<string, string>): string | null {
  const found = SECTION_TYPES.flatMap((type) => times.get(type) ?? []);
  return found.reduce<string | null>(
    (least, time) => (least === null || Date.parse(time) < Date.parse(least) ? time : least),
    null,
  );
}
