import { expect, test } from "vitest";
import { SyncView } from "../../../shared/contract/index.ts";
import type { SyncReport } from "../sync/index.ts";
import { syncLines, syncView } from "./sync-view.ts";

const row = (type: string, change: object = {}) => ({
  type,
  cursor: "2026-11-28T11:00:00.000Z",
  lastPageAt: Date.UTC(2026, 10, 28, 11),
  problem: null,
  ...change,
});
const report: SyncReport = {
  changes: [
    { at: Date.UTC(2026, 10, 28, 11), state: "outage", cause: "silent", detail: "no answer" },
  ],
  requestsLastHour: 480,
  nudges: "listening",
  roundTripMs: 12,
  skew: { offsetMs: -90_000, plusMinusMs: 300 },
  capabilities: {
    software: "HIS 7",
    fhirVersion: "4.0.1",
    transaction: true,
    types: new Map([
      [
        "Patient",
        {
          interactions: new Set(["history-type"]),
          updateCreate: false,
          conditionalCreate: false,
          versioning: "versioned",
          searchParams: new Set<string>(),
        },
      ],
    ]),
  },
};

const view = syncView({
  cursors: [
    row("Patient"),
    row("Patient/_listed", { lastPageAt: Date.UTC(2026, 10, 28, 12) }),
    row("Observation", { problem: "too many results: Mrs Saleh" }),
    row("Flag (deletions)", { cursor: "", lastPageAt: null, problem: "no history" }),
    row("Encounter (scope)", { cursor: "", lastPageAt: null, problem: "500" }),
  ],
  held: [{ type: "Patient", resources: 40, asOf: "2026-11-28T11:00:00.000Z" }],
  acts: [
    { state: "waiting", attempts: 0 },
    { state: "waiting", attempts: 3 },
    { state: "parked", attempts: 8 },
  ],
  report,
  connection: null,
});

test("IT sees of each type what was pulled, when, how much, and what is stuck", () => {
  expect(SyncView.parse(view)).toEqual(view);
  const of = (type: string) => view.types.find((line) => line.type === type);
  expect(of("Patient")).toMatchObject({ held: 40, problem: null, cursor: expect.any(String) });
  expect(Date.parse(of("Patient")?.deletionsAt ?? "")).toBe(Date.UTC(2026, 10, 28, 12));
  expect(of("Observation")).toMatchObject({ problem: expect.stringContaining("too many") });
  expect(of("Flag")).toMatchObject({ cursor: null, deletionsProblem: "no history" });
  expect(view.problems).toEqual([{ what: "Encounter (scope)", problem: "500" }]);
  expect(view.unsent).toEqual({ first: 1, again: 1, parked: 1 });
  expect(view.line?.server).toMatchObject({ history: "some", clientIds: "none" });
});

test("while the vault is closed nothing is said of what is held, not even that it is none", () => {
  const closed = syncView({
    cursors: [],
    held: null,
    acts: [],
    report: null,
    connection: null,
  });
  expect(closed.types.every(({ held }) => held === null)).toBe(true);
  expect(closed.line).toBeNull();
});

test("the diagnostics carry names of types and numbers, and not a word of the HIS's", () => {
  const text = syncLines(view).join("\n");
  expect(text).toContain("Patient: up to");
  expect(text).toContain("outage silent");
  expect(text).not.toContain("Saleh");
});
