import type { Connection, SyncView } from "../../../shared/contract/index.ts";
import type { ActRow, CursorRow } from "../store/index.ts";
import { SECTION_TYPES, WARD_TYPES, type SyncReport } from "../sync/index.ts";
import { localInstant } from "./clock.ts";

/** What a type's chart holds, while the vault is open. */
export interface HeldType {
  readonly type: string;
  readonly resources: number;
  readonly asOf: string | null;
}

const at = (millis: number | null): string | null =>
  millis === null ? null : localInstant(new Date(millis));

/** The sync as IT sees it. SECURITY: names of types, numbers and times: this screen is there without a sign-in. */
export function syncView(input: {
  readonly cursors: readonly CursorRow[];
  /** Null while the vault is closed. */
  readonly held: readonly HeldType[] | null;
  readonly acts: readonly Pick<ActRow, "state" | "attempts">[];
  /** Null until the PC knows its HIS. */
  readonly report: SyncReport | null;
  readonly connection: Connection | null;
}): SyncView {
  const { cursors, held, acts, report, connection } = input;
  const rows = new Map(cursors.map((row) => [row.type, row]));
  const types = [...SECTION_TYPES, ...WARD_TYPES];
  const problemOf = (name: string): string | null => rows.get(name)?.problem ?? null;
  const known = new Set<string>();

  const lines = types.map((type) => {
    const names = [type, `${type} (deletions)`, `${type}/_history`, `${type}/_listed`];
    for (const name of names) known.add(name);
    const own = rows.get(type);
    const here = held?.find((one) => one.type === type);
    const checked = [`${type}/_history`, `${type}/_listed`].map(
      (name) => rows.get(name)?.lastPageAt ?? null,
    );
    return {
      type,
      cursor: own === undefined || own.cursor === "" ? null : own.cursor,
      lastPage: at(own?.lastPageAt ?? null),
      asOf: here?.asOf ?? null,
      held: held === null ? null : (here?.resources ?? 0),
      deletionsAt: at(latest(checked)),
      problem: problemOf(type),
      deletionsProblem: problemOf(`${type} (deletions)`),
    };
  });
  const others = cursors.flatMap(({ type, problem }) =>
    known.has(type) || problem === null ? [] : [{ what: type, problem }],
  );
  const count = (is: (row: (typeof acts)[number]) => boolean): number => acts.filter(is).length;
  return {
    types: lines,
    problems: others,
    unsent: {
      first: count(({ state, attempts }) => state !== "parked" && attempts === 0),
      again: count(({ state, attempts }) => state !== "parked" && attempts > 0),
      parked: count(({ state }) => state === "parked"),
    },
    line: report === null ? null : lineOf(report, connection),
  };
}

function lineOf(report: SyncReport, connection: Connection | null): SyncView["line"] {
  const { capabilities, skew } = report;
  const kept = [...SECTION_TYPES, ...WARD_TYPES];
  const all = (has: (type: string) => boolean): "all" | "some" | "none" => {
    const having = kept.filter(has).length;
    return having === 0 ? "none" : having === kept.length ? "all" : "some";
  };
  return {
    server:
      capabilities === null
        ? null
        : {
            software: capabilities.software,
            fhirVersion: capabilities.fhirVersion,
            transaction: capabilities.transaction,
            history: all(
              (type) => capabilities.types.get(type)?.interactions.has("history-type") ?? false,
            ),
            clientIds: all((type) => capabilities.types.get(type)?.updateCreate ?? false),
          },
    changes: report.changes.map(({ at: when, ...change }) => ({
      at: localInstant(new Date(when)),
      ...change,
    })),
    requestsLastHour: report.requestsLastHour,
    roundTripMs: report.roundTripMs,
    nudges: report.nudges,
    skew,
    nextTry: connection?.nextTry ?? null,
  };
}

function latest(times: readonly (number | null)[]): number | null {
  return times.reduce((last, time) => (last === null || (time ?? 0) > last ? time : last), null);
}

/** Lines for the diagnostics: as on screen, without the HIS's own words. */
export function syncLines(view: SyncView): string[] {
  const { line, unsent } = view;
  const words = (problem: string | null): string => (problem === null ? "" : "PROBLEM");
  return [
    ...(line === null
      ? ["   line: not started"]
      : [
          `   server: ${line.server === null ? "not heard yet" : `${line.server.software ?? "no name"}, FHIR ${line.server.fhirVersion}`}`,
          `   requests last hour: ${line.requestsLastHour}; round trip: ${line.roundTripMs ?? "?"} ms`,
          `   clock: ${line.skew === null ? "not measured" : `${line.skew.offsetMs} ms +/- ${line.skew.plusMinusMs} ms to the HIS`}`,
          ...line.changes.map(({ at: when, state, cause }) => `   ${when} ${state} ${cause ?? ""}`),
        ]),
    `   unsent: ${unsent.first} not tried, ${unsent.again} tried, ${unsent.parked} parked`,
    ...view.types.map(
      ({ type, cursor, held, deletionsAt, problem, deletionsProblem }) =>
        `   ${type}: up to ${cursor ?? "nothing"}, ${held ?? "?"} held, deletions ${deletionsAt ?? "never"} ${words(problem ?? deletionsProblem)}`,
    ),
    ...view.problems.map(({ what }) => `   ${what}: PROBLEM`),
  ];
}
