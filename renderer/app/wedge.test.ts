import { expect, test } from "vitest";
import { type Key, noBurst, wedgeKey } from "./wedge.ts";

/** Types keys with so many milliseconds between them; gives what reached the page and which badges were read. */
function type(keys: readonly (string | Partial<Key>)[], gap: number) {
  let burst = noBurst;
  let at = 0;
  const through: string[] = [];
  const badges: string[] = [];
  for (const one of keys) {
    const key: Key = {
      key: "",
      code: "",
      repeat: false,
      shift: false,
      chord: false,
      at,
      ...(typeof one === "string" ? { key: one } : one),
    };
    const next = wedgeKey(burst, key);
    burst = next.burst;
    if (!next.swallow) through.push(key.key);
    if (next.badge !== null) badges.push(next.badge);
    at += gap;
  }
  return { through, badges };
}
const tap = (code: string): string[] => [...Array.from(code), "Enter"];

test("A tapped badge is read, and neither its Enter nor its later characters reach the page", () => {
  expect(type(tap("04A1B2C3D4"), 8)).toEqual({ through: ["0", "4", "A"], badges: ["04A1B2C3D4"] });
});

test("A PIN typed by hand, however deftly, is never a badge and loses no digit", () => {
  expect(type(tap("482913"), 60)).toEqual({ through: tap("482913"), badges: [] });
});

test("Five fast characters are not a badge", () => {
  expect(type(tap("04A1B"), 8).badges).toEqual([]);
});

test("A PC that stalls once in the middle of a tap does not cut the badge's number in two", () => {
  const stalled = tap("04A1B2C3").map((key, i) => ({ key, at: i * 8 + (i >= 3 ? 120 : 0) }));
  expect(type(stalled, 0)).toEqual({ through: ["0", "4", "A", "1"], badges: ["04A1B2C3"] });
});

test("Two keys that a hand rolls over, again and again, are neither a badge nor swallowed", () => {
  const rolled = Array.from("48291356").map((key, i) => ({ key, at: i * 60 + (i % 2) * -30 }));
  const keys = [...rolled, { key: "Enter", at: 540 }];
  expect(type(keys, 0)).toEqual({ through: [...Array.from("48291356"), "Enter"], badges: [] });
});

test("A pause before Enter is a hand, not a reader", () => {
  const slow = [...tap("04A1B2C3").slice(0, -1), { key: "Enter", at: 5000 }];
  expect(type(slow, 8).badges).toEqual([]);
});

test("A key held down is not a badge", () => {
  const held = Array.from({ length: 12 }, () => ({ key: "1", repeat: true }));
  expect(type([...held, "Enter"], 30)).toEqual({
    through: [...held.map(() => "1"), "Enter"],
    badges: [],
  });
});

test("What was typed by hand just before a tap is not part of the badge", () => {
  const keys = [
    { key: "4", at: 0 },
    { key: "8", at: 200 },
    ...[...tap("04A1B2")].map((key, i) => ({ key, at: 1000 + i * 5 })),
  ];
  expect(type(keys, 0).badges).toEqual(["04A1B2"]);
});

test("A reader is understood with the keyboard set to Arabic, and with Shift for capitals", () => {
  const arabic: [string, string][] = [
    ["ش", "KeyA"],
    ["٤", "Digit4"],
    ["لا", "KeyB"],
    ["٠", "Numpad0"],
    ["ؤ", "KeyC"],
    ["٧", "Digit7"],
  ];
  const keys = arabic.flatMap(([key, code]) => [{ key: "Shift" }, { key, code, shift: true }]);
  expect(type([...keys, "Enter"], 5).badges).toEqual(["A4B0C7"]);
});

test("Shortcuts and arrow keys never look like a badge", () => {
  const keys = Array.from({ length: 8 }, () => ({ key: "c", chord: true }));
  expect(type([...keys, "Enter"], 5).badges).toEqual([]);
  expect(
    type(
      Array.from("04A1B2")
        .flatMap((key) => [key, "ArrowDown"])
        .concat("Enter"),
      5,
    ).badges,
  ).toEqual([]);
});

test("More characters than a badge has are none", () => {
  expect(type(tap("0".repeat(65)), 5).badges).toEqual([]);
  expect(type(tap("0".repeat(64)), 5).badges).toHaveLength(1);
});
