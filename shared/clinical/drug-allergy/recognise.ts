import { codings, conceptText, field, objects, text } from "../read.ts";
import { keysOf } from "./pack.ts";
import { misspelt } from "./spellings.ts";
import type { Knowledge, Meaning, Medicine } from "./types.ts";
import { wordsOf } from "./words.ts";

/** How a meaning was found: by a code, by its name in words, or by a word one slip away from a name. */
export type Found = "code" | "text" | "misspelt";

/** An ingredient, or a class with the ingredient or name that brought it in. */
export interface Member {
  readonly name: string;
  readonly found: Found;
}

/** What an allergy record or a medicine is about, as far as the pack knows. */
export interface Recognised {
  readonly meanings: ReadonlyMap<string, { readonly meaning: Meaning; readonly found: Found }>;
  readonly sides: Sides;
  /** Every coding, `system|code`: the same code on both sides needs no pack. */
  readonly codes: ReadonlySet<string>;
  /** The words of each text, folded: the same words on both sides need no pack. */
  readonly texts: readonly Said[];
}

export interface RecognisedAllergy extends Recognised {
  /** Ids of what it is and of the classes that react with it: what shares none of them has nothing to do with it. */
  readonly reach: ReadonlySet<string>;
}

/** One text in folded words, and the first of them that tells one medicine from another. */
interface Said {
  readonly words: readonly string[];
  readonly telling: string | null;
}

/** By id: ingredients, classes that were named, and all classes it is of. */
interface Sides {
  readonly ingredients: ReadonlyMap<string, Member>;
  readonly named: ReadonlyMap<string, Member>;
  readonly classes: ReadonlyMap<string, Member>;
  /** The ids of all of them, each once. */
  readonly ids: readonly string[];
  /** Of all classes. */
  readonly classNames: readonly string[];
}

// A check makes these for every medicine and allergy of a patient, and most of them would be empty.
const NO_MEMBERS: ReadonlyMap<string, Member> = new Map();
const NO_CODES: ReadonlySet<string> = new Set();
const NO_SIDES: Sides = {
  ingredients: NO_MEMBERS,
  named: NO_MEMBERS,
  classes: NO_MEMBERS,
  ids: [],
  classNames: [],
};

const RANK: Readonly<Record<Found, number>> = { code: 0, text: 1, misspelt: 2 };
const meaningKey = ({ kind, id }: Meaning): string => `${kind} ${id}`;

/**
 * An allergy's substance: its code and the substances of its reactions, by codes *and* words together. SECURITY: A
 * display that disagrees with its code (swapped by whom it suits) means both.
 */
export function recogniseAllergy(allergy: unknown, knowledge: Knowledge | null): RecognisedAllergy {
  const concepts = [
    ...objects(field(allergy, "code")),
    ...objects(field(allergy, "reaction")).flatMap((one) => objects(field(one, "substance"))),
  ];
  const said = concepts.flatMap(textsOf);
  const spoken =
    said.length > 0
      ? said
      : // Nothing but a note or narrative says what it is: better that than nothing.
        objects(field(allergy, "note")).flatMap((one) => text(field(one, "text")) ?? []);
  const recognised = recognise(concepts.flatMap(keysOf), spoken, knowledge);
  const reach = new Set(recognised.sides.ids);
  for (const id of recognised.sides.classes.keys())
    for (const cross of knowledge?.crossReactions.get(id) ?? []) reach.add(cross.with);
  return { ...recognised, reach };
}

export function recogniseMedicine(medicine: Medicine, knowledge: Knowledge | null): Recognised {
  const texts = [medicine.words, ...objects(medicine.concept).flatMap(textsOf)];
  return recognise(keysOf(medicine.concept), eachOnce(texts), knowledge);
}

function textsOf(concept: unknown): string[] {
  const displays = codings(concept).flatMap(({ display }) => display ?? []);
  const own = text(field(concept, "text")) ?? (displays.length === 0 ? conceptText(concept) : null);
  return eachOnce([...(own === null ? [] : [own]), ...displays]);
}

/** A record has a few texts, and a set for each would be most of what it costs; a HIS may also send thousands. */
function eachOnce(texts: readonly string[]): string[] {
  return texts.length > FEW
    ? [...new Set(texts)]
    : texts.filter((one, index) => texts.indexOf(one) === index);
}

const FEW = 16;

function recognise(
  codes: readonly string[],
  texts: readonly string[],
  knowledge: Knowledge | null,
): Recognised {
  const said = texts.map(wordsOf).flatMap((words) => (words.length === 0 ? [] : [saidIn(words)]));
  const meanings = new Map<string, { meaning: Meaning; found: Found }>();
  const add = (meaning: Meaning, found: Found): void => {
    const key = meaningKey(meaning);
    const before = meanings.get(key);
    if (before === undefined || RANK[found] < RANK[before.found])
      meanings.set(key, { meaning, found });
  };
  if (knowledge !== null) {
    for (const code of codes)
      for (const meaning of knowledge.codes.get(code) ?? []) add(meaning, "code");
    for (const { words } of said) namesIn(words, knowledge, add);
  }
  return {
    meanings,
    sides: meanings.size === 0 ? NO_SIDES : sidesOf(meanings, knowledge),
    codes: codes.length === 0 ? NO_CODES : new Set(codes),
    texts: said,
  };
}

function sidesOf(meanings: Recognised["meanings"], knowledge: Knowledge | null): Sides {
  let ingredients: Map<string, Member> | null = null;
  let named: Map<string, Member> | null = null;
  const classes = new Map<string, Member>();
  for (const { meaning, found } of meanings.values()) {
    const ingredient =
      meaning.kind === "ingredient" ? knowledge?.ingredients.get(meaning.id) : undefined;
    if (ingredient !== undefined) {
      const member = { name: ingredient.name, found };
      (ingredients ??= new Map()).set(meaning.id, member);
      for (const id of ingredient.classes) if (!classes.has(id)) classes.set(id, member);
    }
    const known = meaning.kind === "class" ? knowledge?.classes.get(meaning.id) : undefined;
    if (known !== undefined) (named ??= new Map()).set(meaning.id, { name: known.name, found });
  }
  for (const [id, member] of named ?? NO_MEMBERS) classes.set(id, member);
  // No id is of both kinds.
  const ids = [...(ingredients ?? NO_MEMBERS).keys(), ...classes.keys()];
  const classNames = [...classes.keys()].flatMap((id) => knowledge?.classes.get(id)?.name ?? []);
  return {
    ingredients: ingredients ?? NO_MEMBERS,
    named: named ?? NO_MEMBERS,
    classes,
    ids,
    classNames,
  };
}

/** Names in a text, the longest at each place: "co-amoxiclav" is not also "co". */
function namesIn(
  words: readonly string[],
  knowledge: Knowledge,
  add: (meaning: Meaning, found: Found) => void,
): void {
  let at = 0;
  while (at < words.length) {
    const names = knowledge.names.get(words[at] ?? "");
    let longest = 0;
    for (const name of names ?? [])
      if (name.words.length > longest && standsAt(name.words, words, at))
        longest = name.words.length;
    for (const name of names ?? [])
      if (name.words.length === longest && standsAt(name.words, words, at))
        add(name.meaning, "text");
    if (longest === 0)
      for (const name of misspelt(words[at] ?? "", knowledge.spellings))
        add(name.meaning, "misspelt");
    at += Math.max(1, longest);
  }
}

function standsAt(name: readonly string[], words: readonly string[], at: number): boolean {
  for (let index = 0; index < name.length; index += 1)
    if (words[at + index] !== name[index]) return false;
  return true;
}

/** Words that many medicines share: the same one on both sides says nothing. */
const COMMON = new Set(
  (
    "sodium potassium calcium magnesium chloride sulfate phosphate acetate acid insulin vitamin human iron ferrous hydrochloride " +
    "tablet capsule injection infusion solution syrup cream oral intravenous allergy allergic intolerance reaction drug " +
    "medication medicine other unknown mixed extended release delayed صوديوم حمض حساسيه من دواء اقراص حقنه"
  ).split(" "),
);
/** Shorter words are units and particles. */
const SHORTEST_WORD = 5;

function saidIn(words: readonly string[]): Said {
  return { words, telling: words.find(isTelling) ?? null };
}

function isTelling(word: string): boolean {
  return word.length >= SHORTEST_WORD && !COMMON.has(word) && /^\p{L}+$/u.test(word);
}
