import type { KnownName } from "./types.ts";
import { oneSlipApart } from "./words.ts";

/** The long names of a pack, to be found by a word that is nearly one of them. */
export interface Spellings {
  /** By the number ({@link formsOf}) of the name itself and of every form of it that lacks one letter. */
  readonly forms: ReadonlyMap<number, readonly Spelling[]>;
  /** Letters of the longest. */
  readonly longest: number;
}

interface Spelling {
  readonly name: KnownName;
  readonly word: string;
  /** The shorter names first, else as the pack has them: answers do not depend on how they were found. */
  readonly order: number;
}

/** Misspellings are looked for in names of one word and at least so many letters: shorter ones are too alike. */
const SHORTEST = 7;

export function spellingsOf(names: readonly KnownName[]): Spellings {
  const forms = new Map<number, Spelling[]>();
  const long = names
    .flatMap((name) => {
      const [word = "", another] = name.words;
      return another === undefined && word.length >= SHORTEST ? [{ name, word }] : [];
    })
    .toSorted((a, b) => a.word.length - b.word.length);
  for (const [order, { name, word }] of long.entries()) {
    const spelling = { name, word, order };
    for (const form of formsOf(word)) {
      const known = forms.get(form) ?? [];
      known.push(spelling);
      forms.set(form, known);
    }
  }
  return { forms, longest: long.at(-1)?.word.length ?? 0 };
}

/**
 * The names that are one slip away from a word. Such two have one of these forms in common: a letter too many is left out of the
 * one; another letter, or the first of two that were swapped, is left out of both.
 */
export function misspelt(word: string, { forms, longest }: Spellings): readonly KnownName[] {
  if (word.length < SHORTEST - 1 || word.length > longest + 1) return [];
  const near: Spelling[] = [];
  for (let without = -1; without < word.length; without += 1)
    for (const one of forms.get(formOf(word, without)) ?? [])
      if (oneSlipApart(one.word, word) && !near.includes(one)) near.push(one);
  return near.length === 0
    ? []
    : near.toSorted((a, b) => a.order - b.order).map(({ name }) => name);
}

/** The word, and what is left of it without each of its letters in turn, as numbers. */
function formsOf(word: string): ReadonlySet<number> {
  const forms = new Set<number>();
  for (let without = -1; without < word.length; without += 1) forms.add(formOf(word, without));
  return forms;
}

/**
 * A number for the word without the letter there (-1: whole). Two forms may share one, which {@link oneSlipApart} then finds
 * out; as texts, those of all words of a patient's records were a tenth of what a check leaves to be collected.
 */
function formOf(word: string, without: number): number {
  let form = 0;
  for (let at = 0; at < word.length; at += 1)
    if (at !== without) form = (Math.imul(form, 31) + word.charCodeAt(at)) & SMALL;
  return form;
}

/** What every engine keeps without a box. */
const SMALL = 0x3fff_ffff;
