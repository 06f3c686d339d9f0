import { freshness, type Freshness } from "../../shared/clinical/index.ts";
import type { SectionState, StatusView } from "../app/index.ts";

export type RecordKind = keyof StatusView["freshness"];

/** What a screen says of how old something is. */
export interface Said {
  readonly state: Freshness;
  /** The wording's key under `fresh`. */
  readonly words: "known" | "old" | "uncertain" | "notLoaded" | "noTime";
  /** The only tone that may reassure is `quiet`, and it never means more than "nothing to say against it". */
  readonly tone: "quiet" | "aged" | "warn";
}

const WARNS: ReadonlySet<Freshness> = new Set<Freshness>([
  "stale",
  "not-loaded",
  "damaged",
  "unreadable",
]);

/**
 * How old a section is, for every screen alike: board rows, banner and section heads. `now` is this PC's clock; it is
 * judged by the HIS's as far as the difference is known.
 */
export function saidOf(
  section: Pick<SectionState, "loaded" | "asOf" | "damaged"> & { readonly unreadable: number },
  kind: RecordKind,
  status: Pick<StatusView, "connection" | "notices" | "freshness">,
  now: number,
): Said {
  const { connection, notices } = status;
  const { state, ageMs } = freshness({
    section,
    now: now + (connection.skewMs ?? 0),
    limits: status.freshness[kind],
    keptUp: connection.state === "live" || connection.state === "catching-up",
    doubtful: notices.some((notice) => notice.kind === "time-doubtful"),
  });
  const tone = WARNS.has(state) ? "warn" : state === "fresh" ? "quiet" : "aged";
  const words =
    state === "not-loaded"
      ? "notLoaded"
      : section.asOf === null
        ? "noTime"
        : ageMs === null
          ? "uncertain"
          : state === "stale"
            ? "old"
            : "known";
  return { state, words, tone };
}
