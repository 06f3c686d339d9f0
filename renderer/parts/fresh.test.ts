import { expect, test } from "vitest";
import type { StatusView } from "../app/index.ts";
import { type RecordKind, saidOf } from "./fresh.ts";

const NOON = Date.UTC(2026, 10, 28, 12);
const LIMITS = { ageingMinutes: 5, staleMinutes: 30 };
const kinds = ["ward", "allergies", "medicines", "vitals", "results", "problems", "notes"] as const;
const states = [
  "starting",
  "live",
  "catching-up",
  "outage",
  "untrusted",
  "distrusted",
  "refused",
] as const;

function status(
  state: StatusView["connection"]["state"],
  change: { readonly skewMs?: number; readonly doubtful?: boolean } = {},
): Pick<StatusView, "connection" | "notices" | "freshness"> {
  return {
    connection: {
      state,
      since: new Date(NOON).toISOString(),
      done: null,
      total: null,
      secondsLeft: null,
      asOf: null,
      skewMs: change.skewMs ?? null,
      cause: null,
      nextTry: null,
      detail: null,
    },
    notices: change.doubtful === true ? [{ kind: "time-doubtful", since: null, detail: null }] : [],
    freshness: {
      ward: LIMITS,
      allergies: LIMITS,
      medicines: LIMITS,
      vitals: LIMITS,
      results: LIMITS,
      problems: LIMITS,
      notes: LIMITS,
    },
  };
}
const section = (minutes: number | null, change: object = {}) => ({
  loaded: true,
  damaged: false,
  unreadable: 0,
  asOf: minutes === null ? null : new Date(NOON - minutes * 60_000).toISOString(),
  ...change,
});

test("on every screen, in every state of the line, only what is new and kept up looks new", () => {
  for (const kind of kinds)
    for (const state of states)
      for (const minutes of [null, 0, 4, 6, 29, 31, 4_000])
        for (const doubtful of [false, true]) {
          const said = saidOf(section(minutes), kind, status(state, { doubtful }), NOON);
          const isNew = minutes !== null && minutes < 5;
          const isKept = state === "live" || state === "catching-up";
          expect([said.tone === "quiet", kind, state, minutes]).toEqual([
            isNew && isKept && !doubtful,
            kind,
            state,
            minutes,
          ]);
          const isOld = minutes === null || minutes >= 30;
          expect(isOld && said.tone !== "warn").toBe(false);
        }
});

test.each([
  ["not loaded", { loaded: false }, "notLoaded"],
  ["damaged", { damaged: true }, "known"],
  ["unreadable", { unreadable: 2 }, "known"],
] as const)("what is %s warns, however new it is", (_name, change, words) => {
  for (const kind of kinds)
    expect(saidOf(section(0, change), kind, status("live"), NOON)).toMatchObject({
      tone: "warn",
      words,
    });
});

test("a PC whose clock is behind counts the age by the HIS's clock", () => {
  // An hour behind: what it would call 10 minutes old is 70 minutes old.
  const said = (skewMs: number) =>
    saidOf(section(10), "vitals" satisfies RecordKind, status("live", { skewMs }), NOON).state;
  expect(said(0)).toBe("ageing");
  expect(said(3_600_000)).toBe("stale");
});

test("with a clock in doubt the age is said to be uncertain, not made up", () => {
  expect(saidOf(section(2), "vitals", status("live", { doubtful: true }), NOON).words).toBe(
    "uncertain",
  );
});
