import { z } from "zod";
import type { Journal } from "../store/index.ts";
import { keptJson } from "./kept-json.ts";
import type { PageEntry, Tombstone } from "./page.ts";

/** A change that the HIS has told of: a version, or the end of a record. */
const Known = z.object({
  type: z.string(),
  id: z.string(),
  version: z.string().nullable(),
  /** Server time of the change, ms. */
  at: z.number(),
  gone: z.boolean(),
});
export type Known = z.infer<typeof Known>;

const KEY = "sync.newest";
/** The same of pages that went straight into the chart: written by its thread. */
export const STRAIGHT = "sync.newest-straight";
/** So many that one of them was not changed again since. */
const MOST = { versions: 6, gone: 2 };
/** A HIS of several nodes has several clocks. */
const CLOCKS_MS = 60_000;

/** The newest changes the HIS has told this PC of; what a HIS that was restored from a backup no longer knows. */
export interface NewestKnown {
  list(): readonly Known[];
  /** What is to be committed with what tells of these; null when none of them is among the newest. */
  versions(
    told: readonly Pick<PageEntry, "type" | "id" | "version" | "lastUpdated">[],
    serverTime: string,
    greatest?: string | null,
  ): Record<string, string> | null;
  removals(
    type: string,
    gone: readonly Tombstone[],
    serverTime: string,
  ): Record<string, string> | null;
  /** They are of a time that is no more. */
  forget(): void;
}

/** Kept in the journal: the PC may well have been started anew in the outage that ends with a restored HIS. */
export function createNewestKnown(
  journal: Pick<Journal, "meta" | "setMeta">,
  key: typeof KEY | typeof STRAIGHT = KEY,
): NewestKnown {
  let known: readonly Known[] | null = null;

  function list(): readonly Known[] {
    return (known ??= keptIn(journal, key));
  }
  function keep(told: readonly Known[], serverTime: string): Record<string, string> | null {
    const before = list();
    known = newestOf(before, told, Date.parse(serverTime));
    const text = JSON.stringify(known);
    return text === JSON.stringify(before) ? null : { [key]: text };
  }

  return {
    list: () => (key === KEY ? newestOf(list(), keptIn(journal, STRAIGHT), Infinity) : list()),
    versions(entries, serverTime, greatest = null) {
      const least = leastOf(list());
      // Most pages hold nothing that is newer than what is known.
      if (greatest !== null && Date.parse(greatest) < least) return null;
      const told = entries.flatMap(({ type, id, version, lastUpdated }): Known[] => {
        const at = Date.parse(lastUpdated ?? "");
        return id !== null && at >= least ? [{ type, id, version, at, gone: false }] : [];
      });
      return told.length === 0 ? null : keep(told, serverTime);
    },
    removals(type, gone, serverTime) {
      const told = gone.flatMap(({ id, version, at, exact }): Known[] =>
        exact ? [{ type, id, version, at: Date.parse(at), gone: true }] : [],
      );
      return told.length === 0 ? null : keep(told, serverTime);
    },
    forget() {
      known = [];
      journal.setMeta({ [KEY]: "[]", [STRAIGHT]: "[]" });
    },
  };
}

function keptIn(journal: Pick<Journal, "meta">, key: string): readonly Known[] {
  const parsed = z.array(Known).safeParse(keptJson(journal.meta()[key]));
  return parsed.success ? parsed.data : [];
}

/** A record's last word counts. What is dated later than its own answer says nothing about what came when. */
export function newestOf(
  before: readonly Known[],
  told: readonly Known[],
  serverTime: number,
): readonly Known[] {
  const latest = new Map<string, Known>();
  for (const each of [...before, ...told]) {
    const key = `${each.type}/${each.id}`;
    const other = latest.get(key);
    if (each.at > serverTime + CLOCKS_MS || (other !== undefined && other.at > each.at)) continue;
    latest.set(key, each);
  }
  const newest = [...latest.values()].toSorted((a, b) => b.at - a.at);
  return [
    ...newest.filter(({ gone }) => !gone).slice(0, MOST.versions),
    ...newest.filter(({ gone }) => gone).slice(0, MOST.gone),
  ];
}

function leastOf(known: readonly Known[]): number {
  const versions = known.filter(({ gone }) => !gone);
  return versions.length < MOST.versions
    ? Number.NEGATIVE_INFINITY
    : Math.min(...versions.map(({ at }) => at));
}

/** What the HIS holds of a record now. */
export interface HeldNow {
  readonly version: string | null;
  readonly lastUpdated: string | null;
}

/**
 * What the HIS's present word on a record says about a change it told of earlier. `went-back`: it holds a state from before;
 * `missing`: it holds nothing, which a deletion explains too; `moved-on`: it was changed since, which tells nothing.
 */
export function wordOn(
  known: Known,
  held: HeldNow | undefined,
): "as-told" | "went-back" | "missing" | "moved-on" {
  if (held === undefined) return known.gone ? "as-told" : "missing";
  const at = Date.parse(held.lastUpdated ?? "");
  if (Number.isNaN(at)) return "moved-on";
  if (known.gone) return at <= known.at ? "went-back" : "moved-on";
  if (at < known.at) return "went-back";
  const isSame = held.version === known.version;
  if (at === known.at) return isSame ? "as-told" : "moved-on";
  // Written again under the number of a version that is forgotten: it counts anew from the backup.
  const isRecounted =
    (isSame && known.version !== null) || Number(held.version) < Number(known.version);
  return isRecounted ? "went-back" : "moved-on";
}
