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

test("every English sentence has an Arabic one, and Arabic has no sentence of its own", () => {
  const bases = (keys: Iterable<string>) => new Set([...keys].map((k) => k.replace(plural, "")));
  expect([...bases(arabic.keys())].toSorted()).toEqual([...bases(english.keys())].toSorted());
});

test("every counted sentence has all six Arabic plural forms", () => {
  const counted = [...english.keys()].filter((k) => k.endsWith("_other"));
  expect(counted.length).toBeGreaterThan(20);
  for (const key of counted)
    for (const form of arabicPlurals)
      expect(arabic.has(key.replace(/_other$/u, `_${form}`)), `${key} ${form}`).toBe(true);
});

test("a sentence names the same values in both languages", () => {
  for (const [key, text] of arabic) {
    if (plural.test(key)) continue;
    expect(names(text), key).toEqual(names(english.get(key) ?? ""));
  }
});

test("counted Arabic sentences from three up say the number", () => {
  for (const [key, text] of arabic)
    if (/_(?:few|many|other)$/u.test(key)) expect(names(text), key).toContain("count");
});

test("no sentence is empty, and Arabic sentences are written in Arabic", () => {
  const latinByRight =
    /^(?:app\.(?:english|latinDigits|hijri)|news2\.(?:name|total|part\.spo2)|ward\.column\.news2|vitals\.(?:spo2|perMinute|percent|litres|mmhg|celsius)|notes\.by|workstation\.megabytes)$/u;
  for (const [key, text] of arabic) {
    expect(text.trim(), key).not.toBe("");
    if (!latinByRight.test(key)) expect(text, key).toMatch(/[\u0600-\u06FF]/u);
  }
});
