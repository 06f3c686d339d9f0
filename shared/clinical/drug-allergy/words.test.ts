import fc from "fast-check";
import { expect, test } from "vitest";
import { misspelt, spellingsOf } from "./spellings.ts";
import type { KnownName } from "./types.ts";
import { foldedWordsOf, oneSlipApart, wordsOf } from "./words.ts";

test.each([
  ["Amoxi\u200Bcillin", ["amoxicillin"]],
  ["ＡＳＰＩＲＩＮ 81mg", ["aspirin", "81mg"]],
  ["реnісіllіn", ["penicillin"]],
  ["الأموكسيسيلين", ["اموكسيسيلين"]],
  ["بَنْسِلِين", ["بنسلين"]],
  ["co-amoxiclav", ["co", "amoxiclav"]],
])("%s is read as a person reads it", (written, words) => {
  expect(wordsOf(written)).toEqual(words);
});

test("ordinary letters take a shorter way to the same words", () => {
  const letters = fc.constantFrom(
    "a",
    "Z",
    "0",
    " ",
    "-",
    "_",
    "\u00e9",
    "\u0627",
    "\u200b",
    "\t",
    "\u001f",
    "ﬁ",
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: letters })), (written) => {
      expect(wordsOf(written)).toEqual(foldedWordsOf(written));
    }),
  );
});

test("a misspelt name is found by whatever slip, and only by one", () => {
  // All near one another: the word, and names that are the word after one slip or two.
  const letter = fc.constantFrom("a", "b", "c");
  const slip = fc.record({
    at: fc.nat(9),
    left: fc.nat(2),
    put: fc.string({ unit: letter, maxLength: 2 }),
  });
  const slipped = (word: string, { at, left, put }: { at: number; left: number; put: string }) =>
    word.slice(0, at) + put + word.slice(at + left);
  const base = fc.string({ unit: letter, minLength: 6, maxLength: 9 });
  const slips = fc.array(fc.array(slip, { maxLength: 2 }), { maxLength: 20 });
  fc.assert(
    fc.property(base, slips, (word, some) => {
      const written = some.map((each) => each.reduce(slipped, word));
      const names = written.map((one, index): KnownName => {
        return { words: [one], meaning: { kind: "ingredient", id: String(index) } };
      });
      const near = names
        .filter(({ words: [name = ""] }) => name.length >= 7 && oneSlipApart(name, word))
        .toSorted((a, b) => (a.words[0] ?? "").length - (b.words[0] ?? "").length);
      expect(misspelt(word, spellingsOf(names))).toEqual(near);
    }),
    { numRuns: 1000 },
  );
});

test("one slip of the hand is one, two are not", () => {
  expect(oneSlipApart("penicillin", "penicilin")).toBe(true);
  expect(oneSlipApart("aspirin", "asiprin")).toBe(true);
  expect(oneSlipApart("ibuprofen", "ibuprofin")).toBe(true);
  expect(oneSlipApart("penicillin", "penicillamine")).toBe(false);
  expect(oneSlipApart("prednisone", "prednisolone")).toBe(false);
  expect(oneSlipApart("aspirin", "aspirin")).toBe(false);
});
