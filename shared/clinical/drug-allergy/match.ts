import type { DrugClass, Knowledge, Strength } from "./types.ts";
import type { Found, Member, Recognised } from "./recognise.ts";

/** What connects an allergy with a medicine. */
export interface Match {
  /**
   * `ingredient`: the same substance. `class-named`: the record names a class that the medicine is of. `class`: both are of
   * one class. `cross`: of two classes that react with each other. `words`: the same words, with no pack to know them by.
   */
  readonly kind: "ingredient" | "class-named" | "class" | "cross" | "words";
  readonly strength: Strength;
  readonly found: Found;
  /** The ingredient or class on the allergy's side and on the medicine's; for `words` what was compared. */
  readonly allergen: string;
  readonly medicine: string;
  /** The class both are of, or the medicine's class; null where it is the substance itself. */
  readonly className: string | null;
  readonly evidence: string | null;
}

const STRENGTH: readonly Strength[] = ["definite", "possible", "remote"];
const KIND: readonly Match["kind"][] = ["ingredient", "class-named", "words", "class", "cross"];
const FOUND: readonly Found[] = ["code", "text", "misspelt"];

/** The strongest connection between what an allergy and a medicine are about; null: none that is known. */
export function strongest(
  allergy: Recognised,
  medicine: Recognised,
  knowledge: Knowledge | null,
): Match | null {
  const found = [
    ...sameCode(allergy, medicine),
    ...(knowledge === null ? [] : byKnowledge(allergy, medicine, knowledge)),
    ...(isKnown(allergy) && isKnown(medicine) ? [] : sameWords(allergy, medicine)),
  ].map(cautious);
  return found.length < 2 ? (found[0] ?? null) : (found.toSorted(byWeight)[0] ?? null);
}

export function byWeight(a: Match, b: Match): number {
  return (
    STRENGTH.indexOf(a.strength) - STRENGTH.indexOf(b.strength) ||
    KIND.indexOf(a.kind) - KIND.indexOf(b.kind) ||
    FOUND.indexOf(a.found) - FOUND.indexOf(b.found)
  );
}

/** CLINICAL: a word that is only nearly a name is no certainty; it still stops where the reaction was severe. */
function cautious(match: Match): Match {
  return match.found === "misspelt" && match.strength === "definite"
    ? { ...match, strength: "possible" }
    : match;
}

/** Known as a medicine, a class, or as something that is none. */
export function isKnown(recognised: Recognised): boolean {
  return recognised.meanings.size > 0;
}

function byKnowledge(allergy: Recognised, medicine: Recognised, knowledge: Knowledge): Match[] {
  const theirs = allergy.sides;
  const ours = medicine.sides;
  const matches: Match[] = [];

  for (const [id, allergen] of theirs.ingredients) {
    const same = ours.ingredients.get(id);
    if (same !== undefined)
      matches.push({
        ...between(allergen, same),
        kind: "ingredient",
        strength: "definite",
        className: null,
        evidence: null,
      });
  }
  for (const [id, member] of ours.classes) {
    const one = knowledge.classes.get(id);
    if (one === undefined) continue;
    matches.push(...ofClass(one, theirs.named.get(id), theirs.classes.get(id), member));
  }
  for (const [a, allergen] of theirs.classes)
    for (const { with: b, strength, evidence } of knowledge.crossReactions.get(a) ?? []) {
      const member = ours.classes.get(b);
      const className = knowledge.classes.get(b)?.name;
      if (member !== undefined && className !== undefined)
        matches.push({
          ...between(allergen, member),
          kind: "cross",
          strength,
          className,
          evidence,
        });
    }
  return matches;
}

function ofClass(
  one: DrugClass,
  named: Member | undefined,
  sibling: Member | undefined,
  member: Member,
): Match[] {
  // CLINICAL: who wrote "penicillins" meant every one of them.
  if (named !== undefined)
    return [
      {
        ...between(named, member),
        kind: "class-named",
        strength: "definite",
        className: one.name,
        evidence: one.evidence,
      },
    ];
  if (sibling === undefined || one.within === null) return [];
  return [
    {
      ...between(sibling, member),
      kind: "class",
      strength: one.within,
      className: one.name,
      evidence: one.evidence,
    },
  ];
}

/** The less certain of the two ways they were found is the match's. */
function between(a: Member, b: Member): Pick<Match, "allergen" | "medicine" | "found"> {
  const found = FOUND.indexOf(a.found) > FOUND.indexOf(b.found) ? a.found : b.found;
  return { allergen: a.name, medicine: b.name, found };
}

function sameCode(allergy: Recognised, medicine: Recognised): Match[] {
  for (const code of allergy.codes)
    if (medicine.codes.has(code)) {
      const name = code.slice(code.lastIndexOf("|") + 1);
      return [
        {
          kind: "ingredient",
          strength: "definite",
          found: "code",
          allergen: allergy.texts[0]?.words.join(" ") ?? name,
          medicine: medicine.texts[0]?.words.join(" ") ?? name,
          className: null,
          evidence: null,
        },
      ];
    }
  return [];
}

/** CLINICAL: without a pack the name itself still stops: the medicine's own word, said in the allergy. */
function sameWords(allergy: Recognised, medicine: Recognised): Match[] {
  for (const { words: ours, telling } of medicine.texts) {
    if (telling === null) continue;
    const theirs = allergy.texts.find(({ words }) => words.includes(telling));
    if (theirs !== undefined)
      return [
        {
          kind: "words",
          strength: "definite",
          found: "text",
          allergen: theirs.words.join(" "),
          medicine: ours.join(" "),
          className: null,
          evidence: null,
        },
      ];
  }
  return [];
}
