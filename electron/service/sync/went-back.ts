import { HisError } from "../his/index.ts";
import type { SyncParts } from "./ask.ts";
import { COMPARED_TYPES } from "./deletions.ts";
import { bringsDown } from "./link.ts";
import { wordOn } from "./newest-known.ts";
import type { HeldNow, Known } from "./newest-known.ts";
import { listingsWanted } from "./notice.ts";
import { NotAPage, parsePage } from "./page.ts";
import { heldQuestion } from "./questions.ts";
import { wereDeleted } from "./restored.ts";
import { within } from "./stillness.ts";
import type { SyncAlarm } from "./types.ts";

const MINUTE_MS = 60_000;
/** A PC that asked nothing for so long may have slept through a restore. */
const SLEPT_MS = 10 * MINUTE_MS;
/** A restore between two rounds shows in no outage. */
const AGAIN_MS = 60 * MINUTE_MS;
/** What the HIS forgot, other PCs may still hold and bring back: for so long nothing is taken away for being missing. */
const GRACE_MS = 10 * MINUTE_MS;
/** A HIS whose clock or whose copies disagree looks as if it went back again and again: it is not compared with for ever. */
const MOST_A_DAY = 6;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Rounds that this question may fail in a row; after those a HIS that cannot bear it is asked it no more than hourly. */
const MOST_FAILURES = 3;

const KEY = "sync.wentBack";

/** What becomes of this PC's record after the HIS was restored from an older backup. */
export interface WentBack {
  /**
   * Once a round, before everything else. True: the HIS has just been found to have forgotten what it had told, and nothing
   * that was known of it holds; ids and versions are wanted. Throws only when the link is down, and not for ever if it is this
   * question that brings it down.
   */
  look(): Promise<boolean>;
  /** It has forgotten acts of this PC, which are on their way to it again. */
  forgot(): Promise<void>;
  /** False while what is missing at the HIS may yet be brought back by the PCs that hold it. */
  takesAway(): boolean;
}

/**
 * A restored HIS does not say so, and no history tells of what it forgot. But the newest change that it told of is among what
 * it forgot, if it forgot anything that is known here. So when it comes back it is asked for its newest changes, one
 * question; what it then holds in a state from before, or never held, tells that it went back.
 */
export function createWentBack(
  parts: Pick<SyncParts, "his" | "link" | "journal" | "policy" | "now">,
  room: {
    readonly onAlarm: (alarm: SyncAlarm) => void;
    readonly log: (message: string) => void;
  },
): WentBack {
  const { his, link, journal, policy, now } = parts;
  let looked: { readonly since: number; readonly at: number } | null = null;
  let lastRound = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  let found: readonly number[] = [];
  /** When it was last found to have gone back, on this PC's clock; null: what it lacks is gone. */
  let since: number | null | undefined;

  const graceMs = Math.max(GRACE_MS, 2 * (policy.returnSpreadSeconds ?? 0) * 1000);

  function isDue(): boolean {
    const slept = !within(now() - lastRound, SLEPT_MS);
    lastRound = now();
    if (failures >= MOST_FAILURES && within(now() - failedAt, AGAIN_MS)) return false;
    return (
      slept ||
      looked === null ||
      looked.since !== link.state().since ||
      !within(now() - looked.at, AGAIN_MS)
    );
  }

  /** What the HIS holds of them; null when its answer is about something else. */
  async function heldOf(
    type: string,
    known: readonly Known[],
  ): Promise<{ readonly held: ReadonlyMap<string, HeldNow>; readonly asOf: number } | null> {
    const ids = new Set(known.map(({ id }) => id));
    const answer = await link.run(async () => await his.get(heldQuestion(type, [...ids])));
    const { entries } = parsePage(answer.bytes);
    if (entries.some((entry) => entry.type !== type || entry.id === null || !ids.has(entry.id)))
      return null;
    return {
      held: new Map(entries.map((entry) => [entry.id ?? "", entry])),
      asOf: Date.parse(answer.serverTime),
    };
  }

  /** `later`: it has, but what it forgot is so new that a listing could not tell whether it should hold it. */
  async function hasGoneBack(): Promise<"yes" | "no" | "later"> {
    const known = await journal.newestKnown();
    for (const type of typesOf(known)) {
      const ours = known.filter((each) => each.type === type);
      const answer = await heldOf(type, ours);
      if (answer === null) return "no";
      const words = ours.map((each) => ({ each, word: wordOn(each, answer.held.get(each.id)) }));
      const missing = words.find(({ word }) => word === "missing");
      const isBack =
        words.some(({ word }) => word === "went-back") ||
        (missing !== undefined && !(await wereDeleted(parts, [missing.each])));
      const newest = Math.max(...known.map(({ at }) => at));
      if (isBack) return answer.asOf - newest < 2 * policy.overlapSeconds * 1000 ? "later" : "yes";
    }
    return "no";
  }

  async function asked(): Promise<"yes" | "no" | "later"> {
    try {
      const answer = await hasGoneBack();
      failures = 0;
      return answer;
    } catch (error) {
      // A HIS that cannot say has its ids compared by the hour or day, as before.
      if (error instanceof NotAPage) return "no";
      if (!(error instanceof HisError)) throw error;
      if (!bringsDown(error.failure)) return "no";
      failures += 1;
      failedAt = now();
      throw error;
    }
  }

  async function remembered(): Promise<number | null> {
    if (since === undefined) {
      const at = Number((await journal.meta())[KEY] ?? "");
      since = at > 0 ? at : null;
    }
    return since;
  }
  async function remember(at: number | null): Promise<void> {
    since = at;
    await journal.setMeta({ [KEY]: String(at ?? 0) });
  }

  /** Others had their time: what is still missing then is gone. */
  async function endGrace(): Promise<void> {
    const at = await remembered();
    if (at === null || within(now() - at, graceMs)) return;
    // This PC's own would be missed with the rest.
    if ((await journal.actCounts()).waiting > 0) return;
    await journal.receiveAll(listingsWanted(COMPARED_TYPES));
    await remember(null);
  }

  async function forgot(): Promise<void> {
    await remember(now());
    await journal.receiveAll(listingsWanted(COMPARED_TYPES));
    await journal.forgetNewest();
  }

  return {
    async look() {
      await remembered();
      found = found.filter((at) => within(now() - at, DAY_MS));
      if (isDue() && found.length < MOST_A_DAY) {
        const answer = await asked();
        looked = answer === "later" ? null : { since: link.state().since, at: now() };
        if (answer === "yes") {
          found = [...found, now()];
          room.log("the HIS has forgotten what it had told: ids and versions are compared");
          room.onAlarm({ kind: "his-went-back", acts: 0 });
          await forgot();
          return true;
        }
      }
      await endGrace();
      return false;
    },
    forgot,
    takesAway: () => since === null,
  };
}

/** Those of the newest version, and of the newest deletion when that is newer still. */
function typesOf(known: readonly Known[]): string[] {
  const version = known.find(({ gone }) => !gone);
  const removal = known.find(({ gone }) => gone);
  const isLater = removal !== undefined && removal.at > (version?.at ?? 0);
  return [...new Set([version?.type, isLater ? removal.type : undefined])].filter(
    (type) => type !== undefined,
  );
}
