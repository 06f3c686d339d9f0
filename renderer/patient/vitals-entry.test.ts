import { expect, test } from "vitest";
import {
  emptyEntry,
  instantWithOffset,
  isEmpty,
  readDraft,
  timeTaken,
  typeInto,
  valuesOf,
} from "./vitals-entry.ts";

const blank = emptyEntry("7c0a8c52-8d7e-4f6a-9c1e-000000000001");
const at = (text: string): number => new Date(text).getTime();

test("A form with nothing in it is empty; air alone is already an entry", () => {
  expect(isEmpty(blank)).toBe(true);
  expect(isEmpty({ ...blank, oxygen: "air" })).toBe(false);
});

test("Air is a flow of zero; oxygen without a flow is not taken for air", () => {
  expect(valuesOf({ ...blank, oxygen: "air" }).values.oxygenFlow).toBe(0);
  expect(valuesOf({ ...blank, oxygen: "oxygen" }).values.oxygenFlow).toBeNull();
  const flow = typeInto({ ...blank, oxygen: "oxygen" }, "oxygenFlow", "٤");
  expect(valuesOf(flow).values.oxygenFlow).toBe(4);
});

test("What is not a number is named and never sent as a value", () => {
  const { values, notNumbers } = valuesOf(typeInto(blank, "pulse", "8o"));
  expect([values.pulse, notNumbers]).toEqual([null, ["pulse"]]);
});

test("A confirmed value that is typed over must be confirmed again", () => {
  const sure = { ...typeInto(blank, "systolic", "250"), confirmed: ["systolic" as const] };
  expect(typeInto(sure, "pulse", "80").confirmed).toEqual(["systolic"]);
  expect(typeInto(sure, "systolic", "251").confirmed).toEqual([]);
});

test("A time without a day is the last time the clock showed it", () => {
  const now = at("2026-11-09T01:10:00");
  expect(timeTaken("", now)).toBe(now);
  expect(timeTaken("0105", now)).toBe(at("2026-11-09T01:05:00"));
  expect(timeTaken("23:50", now)).toBe(at("2026-11-08T23:50:00"));
  expect(timeTaken("٠١:٠٥", now)).toBe(at("2026-11-09T01:05:00"));
});

test("A watch a few minutes fast is told of, not moved to yesterday", () => {
  const now = at("2026-11-09T13:10:00");
  expect(timeTaken("13:25", now)).toBe(at("2026-11-09T13:25:00"));
});

test("What is no time is not guessed at", () => {
  const now = at("2026-11-09T13:10:00");
  expect(["25:00", "12:61", "noon", "7"].map((text) => timeTaken(text, now))).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});

test("An instant carries the offset it was charted with", () => {
  const moment = at("2026-11-09T12:05:00Z");
  expect(instantWithOffset(moment, 180)).toBe("2026-11-09T15:05:00+03:00");
  expect(instantWithOffset(moment, -210)).toBe("2026-11-09T08:35:00-03:30");
  expect(instantWithOffset(moment, 0)).toBe("2026-11-09T12:05:00+00:00");
});

test("A draft comes back as it was typed, with the uuid of its form", () => {
  const typed = {
    ...typeInto(typeInto({ ...blank, oxygen: "air" as const }, "temperature", "38,"), "pulse", "1"),
    consciousness: "C" as const,
    time: "0405",
    confirmed: ["pulse" as const],
  };
  expect(readDraft(JSON.stringify(typed))).toEqual(typed);
});

test("A draft that cannot be understood is not half restored", () => {
  expect([readDraft("{"), readDraft("null"), readDraft('{"uuid":5,"typed":{}}')]).toEqual([
    null,
    null,
    null,
  ]);
});
