import { expect, test } from "vitest";
import { readSettings, writeSettings } from "./settings.ts";

function storage(text: string | null = null) {
  const kept = new Map(text === null ? [] : [["amanah.display", text]]);
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test("Language, theme and digits are there again for the next page", () => {
  const place = storage();
  writeSettings(place, { language: "ar", theme: "night", digits: "arabic" });
  expect(readSettings(place)).toEqual({ language: "ar", theme: "night", digits: "arabic" });
  expect([...place.kept.keys()]).toEqual(["amanah.display"]);
});

test("Settings that were damaged count as not set", () => {
  const plain = { language: "en", theme: "day", digits: "latin" };
  expect(readSettings(storage("{not json"))).toEqual(plain);
  expect(readSettings(storage('{"language":"xx","theme":7}'))).toEqual(plain);
});
