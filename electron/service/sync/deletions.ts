import { HisError } from "../his/index.ts";
import type { Capabilities } from "../his/index.ts";
import { WARD_PATIENT } from "../store/index.ts";
import type { BackfillRow, CursorRow } from "../store/index.ts";
import { PageRefused, inParallel } from "./ask.ts";
import type { SyncParts } from "./ask.ts";
import { readPlace } from "./backfill-place.ts";
import { bringsDown } from "./link.ts";
import type { Linked } from "./merges.ts";
import { listedKey } from "./notice.ts";
import { groupsOf, historyQuestion, listingQuestion } from "./questions.ts";
import { earlier } from "./receive.ts";
import type { Still } from "./stillness.ts";
import { SECTION_TYPES, WARD_TYPES, withCursor } from "./types.ts";

const HOUR_MS = 3_600_000;
/** History holds the whole hospital's changes: for longer than this, listing this PC's patients is the lesser load. */
const REACH_MS = 3 * HOUR_MS;
/** How often ids and versions are compared: where there is no history, and as a proof of the history that there is. */
const LISTED_MS = { without: HOUR_MS, with: 24 * HOUR_MS };
/** Patients in one listing. */
const GROUP = 20;
const MOST_PAGES = 10_000;

/** Types whose ids and versions are compared with the HIS's. */
export const COMPARED_TYPES = [
  ...SECTION_TYPES,
  ...WARD_TYPES.filter((type) => type !== "Location"),
];
const historyKey = (type: string): string => `${type}/_history`;
const isWardType = (type: string): boolean => (WARD_TYPES as readonly string[]).includes(type);

/** What is known of the round in which it is asked what is gone. */
export interface DeletionRound {
  /** When the link came up, on this PC's clock. */
  readonly upSince: number;
  /** Server time of this round; null: not known. */
  readonly asOf?: string | null;
  /** What has not changed has lost nothing either. */
  readonly still?: Still | null;
  /** False: a listing takes nothing away. */
  readonly takes?: boolean;
}

export interface Deletions {
  /** From when on deletions matter: back-fill, begun then, brings nothing that was deleted before. */
  start(at: string): Promise<void>;
  /**
   * Asks what is gone: `_history` where the HIS offers it, and a listing of ids and versions where it does not, does not
   * work, or would have to reach too far back. Throws only when the link is down.
   */
  round(patients: readonly string[], round: DeletionRound): Promise<void>;
}

export function createDeletions(
  parts: SyncParts,
  capabilities: () => Capabilities | null,
  onProblem: (name: string, problem: string | null) => void,
): Deletions {
  const { his, link, journal, policy, now } = parts;
  const overlap = policy.overlapSeconds * 1000;
  /** Since when the history of a type, which this HIS offers, could not be had. */
  const broken = new Map<string, number>();
  /** When a type last was not known to be still. */
  const moved = new Map<string, number>();

  const row = (type: string, cursor: string): CursorRow => ({
    type,
    cursor,
    lastPageAt: now(),
    problem: null,
  });

  /** Every answer of a question to its end; `onPage` commits or gathers it and says where it goes on. */
  async function follow(
    question: string,
    onPage: (
      bytes: Uint8Array<ArrayBuffer>,
      serverTime: string,
    ) => Promise<{ readonly problem: string | null; readonly next: string | null }>,
  ): Promise<{ readonly asOf: string; readonly pages: number }> {
    let target: string | null = question;
    let asOf: string | null = null;
    const seen = new Set<string>();
    while (target !== null) {
      const page: string = target;
      if (seen.has(page) || seen.size >= MOST_PAGES)
        throw new PageRefused("its pages go in a circle");
      seen.add(page);
      const answer = await link.run(async () => await his.get(page));
      asOf ??= answer.serverTime;
      const { problem, next } = await onPage(answer.bytes, answer.serverTime);
      if (problem !== null) throw new PageRefused(problem);
      target = next;
    }
    return { asOf: asOf ?? new Date(now()).toISOString(), pages: seen.size };
  }

  async function history(
    type: string,
    patients: readonly string[],
    cursor: string,
    filling: string | null,
  ): Promise<void> {
    const since = new Date(Date.parse(cursor) - overlap).toISOString();
    let first: string | null = null;
    await follow(historyQuestion(type, since, policy.pageSize), async (bytes, serverTime) => {
      first ??= serverTime;
      // A section on its way may still bring what is deleted meanwhile: until it is whole, deletions are told again.
      const to = filling === null ? first : earlier(first, filling);
      const after = Date.parse(to) > Date.parse(cursor) ? to : cursor;
      const answer = await journal.receiveHistory({
        bytes,
        base: his.base,
        type,
        asOf: serverTime,
        cursor: row(historyKey(type), after),
        lazy: filling === null && Date.parse(after) - Date.parse(cursor) < 2 * overlap,
      });
      parts.onMark();
      // Only of whom this PC knows already, or who is linked to one of them: the rest is the hospital's.
      if (answer.linked.length > 0) await parts.merges.note(ofOurs(answer.linked, patients));
      return answer;
    });
  }

  async function listing(
    type: string,
    patients: readonly string[],
    filling: string | null,
    takes: boolean,
  ): Promise<void> {
    const isWard = isWardType(type);
    let start: string | null = null;
    const groups = isWard ? [[]] : groupsOf(patients, GROUP);
    const run = `${now()}`;
    for (const [at, group] of groups.entries()) {
      const question = listingQuestion(type, group, policy.pageSize);
      let first = true;
      const list = async (bytes: Uint8Array<ArrayBuffer>) => {
        const answer = await journal.listPage({ bytes, base: his.base, type, first });
        first = false;
        return answer;
      };
      const { asOf, pages } = await follow(question, list);
      // CLINICAL: pages that shift while they are read may skip one that is there: only what two listings lack is gone.
      if (pages > 1) await follow(question, list);
      await journal.receiveListing({
        type,
        part: { run, at, of: groups.length },
        patients: isWard ? [WARD_PATIENT] : group,
        asOf,
        before: new Date(Date.parse(asOf) - overlap).toISOString(),
        takes,
      });
      parts.onMark();
      start ??= asOf;
    }
    if (start === null) return;
    await journal.receive({ page: null, cursor: row(listedKey(type), start) });
    // What was deleted up to then is known; a history goes on from there.
    const known = filling === null ? start : earlier(start, filling);
    await journal.receive({ page: null, cursor: row(historyKey(type), known) });
  }

  async function ask(
    type: string,
    patients: readonly string[],
    cursors: ReadonlyMap<string, CursorRow>,
    filling: string | null,
    { upSince, asOf = null, still = null, takes = true }: DeletionRound,
  ): Promise<void> {
    const offers = capabilities()?.types.get(type)?.interactions.has("history-type") ?? false;
    const cursor = cursors.get(historyKey(type));
    // By the HIS's own clock: this PC's may have been put back by just as long as the HIS was away.
    const gap =
      asOf === null
        ? now() - (cursor?.lastPageAt ?? 0)
        : Date.parse(asOf) - Date.parse(cursor?.cursor ?? "");
    const reaches = cursor !== undefined && gap < REACH_MS;
    const works = offers && !(now() - (broken.get(type) ?? Number.NEGATIVE_INFINITY) < HOUR_MS);
    const listed = cursors.get(listedKey(type))?.lastPageAt ?? null;
    const age = listed === null ? Number.POSITIVE_INFINITY : now() - listed;
    // Where only the history of everything tells of deletions, ids are compared hourly after it told of anything.
    if (still?.types.has(type) !== true) moved.set(type, now());
    const isQuiet = still?.types.has(type) === true && (listed ?? 0) > (moved.get(type) ?? now());
    const isDue =
      // A clock that was put back makes nothing wait for it to catch up.
      age < 0 ||
      age >= (works || isQuiet ? LISTED_MS.with : LISTED_MS.without) ||
      (works ? !reaches : (listed ?? 0) < upSince);
    if (works && reaches && cursor !== undefined && filling === null && still?.types.has(type)) {
      // Only when it is worth a commit: a history of nothing leads to where it was asked.
      if (Date.parse(still.asOf) - Date.parse(cursor.cursor) > 2 * overlap)
        await journal.receive({ page: null, cursor: row(historyKey(type), still.asOf) });
    } else if (works && reaches && cursor !== undefined) {
      try {
        await history(type, patients, cursor.cursor, filling);
      } catch (error) {
        if (isLinkDown(error)) throw error;
        broken.set(type, now());
        await listing(type, patients, filling, takes);
        return;
      }
    }
    if (isDue) await listing(type, patients, filling, takes);
  }

  return {
    async start(at) {
      const known = new Set(withCursor(await journal.cursors()).map(({ type }) => type));
      // A type pulled by an earlier version of this program is listed once, not taken for known.
      const begun = COMPARED_TYPES.flatMap((type) =>
        known.has(type) || known.has(listedKey(type))
          ? []
          : [historyKey(type), listedKey(type)].map((key) => ({
              page: null,
              cursor: row(key, at),
            })),
      );
      if (begun.length > 0) await journal.receiveAll(begun);
    },
    async round(patients, round) {
      const cursors = new Map(withCursor(await journal.cursors()).map((each) => [each.type, each]));
      const places = await journal.backfill();
      const types = COMPARED_TYPES.filter((type) => patients.length > 0 || isWardType(type));
      await inParallel(types, policy.parallel, async (type) => {
        const name = `${type} (deletions)`;
        try {
          await ask(type, patients, cursors, beginOf(places, type), round);
          onProblem(name, null);
        } catch (error) {
          if (isLinkDown(error)) throw error;
          onProblem(name, error instanceof HisError ? error.failure.detail : messageOf(error));
        }
      });
    },
  };
}

function ofOurs(linked: readonly Linked[], patients: readonly string[]): readonly Linked[] {
  const ours = new Set(patients);
  return linked.filter(
    ({ patient, to }) => ours.has(patient) || to.some((other) => ours.has(other)),
  );
}

/** Server time at which the oldest section on its way was begun; null when none is. */
function beginOf(rows: readonly BackfillRow[], type: string): string | null {
  return rows
    .flatMap((row) =>
      row.type === type && row.state === "wanted" ? (readPlace(row.next)?.asOf ?? []) : [],
    )
    .reduce<string | null>((least, time) => (least === null ? time : earlier(least, time)), null);
}

/** What is no fault of this one type: it ends the round. */
function isLinkDown(error: unknown): boolean {
  return error instanceof HisError ? bringsDown(error.failure) : !(error instanceof PageRefused);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
