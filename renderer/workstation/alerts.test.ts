import { expect, test } from "vitest";
import type { WorkstationView } from "../app/index.ts";
import { alertsOf, isGrave, timeLeft } from "./alerts.ts";
import type { KeysView } from "./types.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const calm: KeysView = {
  slots: [],
  statements: [],
  refused: [],
  vaultEpoch: 1,
  deviceKeyFrom: null,
  rollback: { checked: true, found: [] },
  offline: { limitAt: "2026-03-10T12:00:00Z", extendedUntil: null, lastHeard: null },
  time: { doubtful: false, detail: null },
  sealedByIt: null,
  hisTrusted: true,
  itChallenge: null,
};
const good: WorkstationView = {
  policy: [],
  policyProblem: null,
  keychain: { backend: "Secret Service", ok: true, detail: null },
  files: [],
  versions: {},
  sync: { types: [], problems: [], unsent: { first: 0, again: 0, parked: 0 }, line: null },
  inboxPages: 0,
  knowledge: null,
  audit: {
    entries: 3,
    signedTo: 3,
    signedAt: "2026-11-20T10:00:00+03:00",
    breaks: [],
    unsent: 0,
    refused: 0,
    check: { state: "never", checked: 0, of: 0, at: null, whole: null, broken: null },
  },
};
const kinds = (
  keys: Partial<KeysView>,
  workstation: Partial<WorkstationView> = {},
  obstacle: Parameters<typeof alertsOf>[0]["obstacle"] = null,
  notices: Parameters<typeof alertsOf>[0]["notices"] = [],
): readonly string[] =>
  alertsOf({
    keys: { ...calm, ...keys },
    workstation: { ...good, ...workstation },
    obstacle,
    notices,
  }).map(({ kind }) => kind);

test("A PC in order raises nothing, and what is not known yet raises nothing", () => {
  expect(kinds({})).toEqual([]);
  expect(
    alertsOf({ keys: undefined, workstation: undefined, obstacle: null, notices: [] }),
  ).toEqual([]);
});

test.each([
  ["sealed by IT", { sealedByIt: "stolen" }, ["sealed-by-it"]],
  ["an old file put back", { rollback: { checked: true, found: ["chart.db"] } }, ["rollback"]],
  ["a HIS that is not to be believed", { hisTrusted: false }, ["his-distrusted"]],
  ["a clock that jumped", { time: { doubtful: true, detail: "a year" } }, ["time-doubtful"]],
  ["forged statements", { refused: [{ reason: "bad-signature", count: 2 }] }, ["forged"]],
  ["statements that merely expired", { refused: [{ reason: "expired", count: 2 }] }, []],
] as const)("IT is told of %s", (_what, change, said) => {
  expect(kinds(change as unknown as Partial<KeysView>)).toEqual(said);
});

test("The offline limit is near or passed when the service says so, whatever this page's clock shows", () => {
  const long = { limitAt: "2026-02-01T12:00:00Z", extendedUntil: null, lastHeard: null };
  const near = { kind: "offline-limit-near", since: null, detail: null } as const;
  expect([
    kinds({ offline: long }),
    kinds({ offline: long }, {}, null, [near]),
    kinds({ offline: long }, {}, "offline-limit"),
  ]).toEqual([[], ["offline-near"], ["offline-passed"]]);
});

test("What the top bar warns of is also told to IT, once", () => {
  const notice = (kind: "rollback" | "his-distrusted" | "time-doubtful" | "rotation-failed") => ({
    kind,
    since: null,
    detail: null,
  });
  expect(
    kinds({ hisTrusted: false }, {}, null, [
      notice("rotation-failed"),
      notice("his-distrusted"),
      notice("rollback"),
    ]),
  ).toEqual(["rollback", "his-distrusted", "rotation-failed"]);
  expect([isGrave("rollback"), isGrave("his-distrusted")]).toEqual([true, false]);
});

test("The worst comes first", () => {
  expect(
    kinds(
      { sealedByIt: "x", hisTrusted: false, rollback: { checked: true, found: ["a"] } },
      {
        policyProblem: "x",
        audit: { ...good.audit, check: { ...good.audit.check, whole: false } },
      },
    ),
  ).toEqual(["sealed-by-it", "rollback", "audit", "his-distrusted", "policy"]);
});

test("Time left is never rounded up", () => {
  const left = (until: string) => timeLeft(until, now);
  expect([
    left("2026-03-04T11:59:00Z"),
    left("2026-03-02T12:30:00Z"),
    left("2026-03-01T13:59:00Z"),
    left("2026-03-01T12:00:30Z"),
    left("2026-03-01T12:00:00Z"),
  ]).toEqual([
    { count: 2, unit: "days" },
    { count: 24, unit: "hours" },
    { count: 119, unit: "minutes" },
    { count: 0, unit: "minutes" },
    null,
  ]);
});
