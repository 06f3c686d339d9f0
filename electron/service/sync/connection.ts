import type { Connection, ConnectionCause } from "../../../shared/contract/index.ts";
import { causeOf } from "../his/index.ts";
import type { HisFailure } from "../his/index.ts";
import type { LinkState } from "./link.ts";

/** What the connection view is made from. */
export interface Progress {
  /** Sections of patients in scope, and how many have all their pages in the inbox or the chart. */
  readonly sections: number;
  readonly received: number;
  /** Resources received and applied since the start. */
  readonly resourcesReceived: number;
  readonly resourcesApplied: number;
  /** Resources waiting in the inbox; null while the chart is closed, when waiting is no delay. */
  readonly waiting: number | null;
  /** False while the control key says that the HIS is not to be believed. */
  readonly believed: boolean;
  /** The first whole round since the link came up is behind us. */
  readonly roundDone: boolean;
  readonly asOf: string | null;
  /** Problems of single types, in plain words. */
  readonly problems: ReadonlyMap<string, string>;
}

/** Resources waiting in the inbox that are still "live": a round's trickle. */
const TRICKLE = 500;

/** What answers cannot prove that it is the HIS. */
const UNPROVEN: ReadonlySet<ConnectionCause> = new Set<ConnectionCause>([
  "certificate",
  "certificate-time",
  "certificate-name",
  "no-tls",
]);

/** The connection as the top bar says it. `since` and `nextTry` are kept by who calls. */
export function connectionOf(
  link: LinkState,
  progress: Progress,
): Omit<Connection, "since" | "nextTry" | "skewMs" | "secondsLeft"> {
  const none = { done: null, total: null, cause: null };
  const { asOf } = progress;
  // CLINICAL: a HIS that answers and is not to be believed is not "live": what others chart does not arrive here.
  if (!progress.believed) return { state: "distrusted", ...none, asOf, detail: null };
  if (link.kind === "unknown") return { state: "starting", ...none, asOf, detail: null };
  if (link.kind !== "up") {
    const cause = causeOf(link.failure);
    const state =
      link.kind === "refused" ? "refused" : UNPROVEN.has(cause) ? "untrusted" : "outage";
    return { state, ...none, cause, asOf, detail: plain(link.failure) };
  }
  const detail = problemsOf(progress.problems);
  const isBehind =
    progress.received < progress.sections ||
    !progress.roundDone ||
    (progress.waiting ?? 0) > TRICKLE;
  if (!isBehind) return { state: "live", ...none, asOf, detail };
  return { state: "catching-up", ...none, ...counted(progress), asOf, detail };
}

// What is still expected is estimated from what the sections received so far have brought.
function counted(progress: Progress): { done: number | null; total: number | null } {
  const { sections, received, resourcesReceived, resourcesApplied, waiting } = progress;
  if (sections === 0 || received === 0) return { done: null, total: null };
  const total = Math.round((resourcesReceived / received) * sections);
  const done = waiting === null ? resourcesReceived : resourcesApplied;
  return { done: Math.min(done, total), total };
}

function plain(failure: HisFailure): string {
  switch (failure.kind) {
    case "unreachable":
      return `The HIS cannot be reached: ${failure.detail}.`;
    case "timeout":
      return `The HIS does not answer: ${failure.detail}.`;
    case "refused":
      return `The HIS does not accept this workstation: ${failure.detail}.`;
    case "busy":
      return `The HIS is overloaded or being maintained: ${failure.detail}.`;
    case "not-fhir":
      return `What answers in the HIS's place is not the HIS: ${failure.detail}.`;
    case "conflict":
    case "gone":
    case "outcome":
      return failure.detail;
  }
}

// Types that have the same trouble are named together.
function problemsOf(problems: ReadonlyMap<string, string>): string | null {
  if (problems.size === 0) return null;
  const groups = Map.groupBy(problems, ([, problem]) => problem);
  return [...groups]
    .map(([problem, rows]) => `${rows.map(([type]) => type).join(", ")}: ${problem}`)
    .join("; ");
}
