import type { KnownName } from "./types.ts";
import { oneSlipApart } from "./words.ts";

/** The long names of a pack, to be found by a word that is nearly one of them. */
export interface Spellings {
  /** By the name itself and by every form of it that lacks one letter. */
  readonly forms: ReadonlyMap<string, readonly Spelling[]>;
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
  const forms = new Map<string, Spelling[]>();
  const long = names
    .flatMap((name) => {
      const [word = "", another] = name.words;
      return another === undefined && word.length >= SHORTEST ? [{ name, word }] : [];
    })
    .toSorted((a, b) => a.word.length - b.word.length);
  for (const [order, { name, word }] of long.entries())
    for (const form of formsOf(word)) {
      const known = forms.get(form) ?? [];
      known.push({ name, word, order });
      forms.set(form, known);
    }
  return { forms, longest: long.at(-1)?.word.length ?? 0 };
}

/**
 * The names that are one slip away from a word. Such two have one of these forms in common: a letter too many is left out of the
 * one; another letter, or the first of two that were swapped, is left out of both.
 */
export function misspelt(word: string, { forms, longest }: Spellings): readonly KnownName[] {
  if (word.length < SHORTEST - 1 || word.length > longest + 1) return [];
  const near = new Map<number, Spelling>();
  for (const form of formsOf(word))
    for (const one of forms.get(form) ?? []) near.set(one.order, one);
  return [...near.values()]
    .filter((one) => oneSlipApart(one.word, word))
    .toSorted((a, b) => a.order - b.order)
    .map(({ name }) => name);
}

/** The word, and what is left of it without each of its letters in turn. */
function formsOf(word: string): ReadonlySet<string> {
  const forms = new Set([word]);
  for (let at = 0; at < word.length; at += 1) forms.add(word.slice(0, at) + word.slice(at + 1));
  return forms;
}
