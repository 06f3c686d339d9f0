import { expect, test } from "vitest";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { arabicPlurals } from "./wording.ts";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(path + key, value);
    else for (const [k, v] of leaves(value, `${path}${key}.`)) found.set(k, v);
  }
  return found;
}

const english = leaves(en);
const arabic = leaves(ar);
const plural = /_(?:zero|one|two|few|many|other)$/u;
const names = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/gu)].map((m) => m[1] ?? "").toSorted();

const bases = (keys: Iterable<string>): string[] =>
  [...new Set([...keys].map((k) => k.replace(plural, "")))].toSorted();

test("every English sentence has an Arabic one, and Arabic has no sentence of its own", () => {
  expect(bases(arabic.keys())).toEqual(bases(english.keys()));
});

test("every counted sentence has all six Arabic plural forms", () => {
  const counted = [...english.keys()].filter((k) => k.endsWith("_other"));
  const wanted = counted.flatMap((k) =>
    arabicPlurals.map((form) => k.replace(/_other$/u, `_${form}`)),
  );
  expect(counted.length).toBeGreaterThan(20);
  expect(wanted.filter((k) => !arabic.has(k))).toEqual([]);
});

test("a sentence names the same values in both languages", () => {
  const differing = [...arabic].filter(
    ([key, text]) =>
      !plural.test(key) && names(text).join() !== names(english.get(key) ?? "").join(),
  );
  expect(differing).toEqual([]);
});

test("counted Arabic sentences from three up say the number", () => {
  const silent = [...arabic].filter(
    ([key, text]) => /_(?:few|many|other)$/u.test(key) && !names(text).includes("count"),
  );
  expect(silent).toEqual([]);
});

test("no sentence is empty, and Arabic sentences are written in Arabic", () => {
  const latinByRight =
    /^(?:app\.(?:english|latinDigits|hijri)|news2\.(?:name|part\.spo2)|ward\.column\.news2|vitals\.(?:spo2|perMinute|percent|litres|mmhg|celsius)|workstation\.megabytes)$/u;
  const wrong = [...arabic].filter(
    ([key, text]) => !latinByRight.test(key) && !/[\u0600-\u06FF]/u.test(text),
  );
  expect(wrong).toEqual([]);
  expect([...english.values()].filter((text) => text.trim() === "")).toEqual([]);
});
