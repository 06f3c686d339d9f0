import type { Knowledge, Strength } from "./types.ts";
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
  const known =
    knowledge !== null && mayConnect(allergy, medicine)
      ? byKnowledge(allergy, medicine, knowledge)
      : null;
  const said = isKnown(allergy) && isKnown(medicine) ? null : sameWords(allergy, medicine);
  return stronger(stronger(sameCode(allergy, medicine), known), said);
}

/** Of two that weigh the same the first. */
function stronger(a: Match | null, b: Match | null): Match | null {
  if (a === null || b === null) return a ?? b;
  return byWeight(b, a) < 0 ? b : a;
}

/** False when the pack knows of nothing between them. */
function mayConnect(allergy: Recognised, medicine: Recognised): boolean {
  return medicine.sides.ids.some((id) => allergy.sides.reach.has(id));
}

type Weight = Pick<Match, "kind" | "strength" | "found">;

export function byWeight(a: Weight, b: Weight): number {
  return (
    STRENGTH.indexOf(a.strength) - STRENGTH.indexOf(b.strength) ||
    KIND.indexOf(a.kind) - KIND.indexOf(b.kind) ||
    FOUND.indexOf(a.found) - FOUND.indexOf(b.found)
  );
}

/** Known as a medicine, a class, or as something that is none. */
export function isKnown(recognised: Recognised): boolean {
  return recognised.meanings.size > 0;
}

/**
 * The strongest of what the pack says. Two penicillins are connected in a dozen ways, and forty medicines are held against thirty
 * allergies: what is not the strongest is never made, or collecting it costs more than the check.
 */
function byKnowledge(
  allergy: Recognised,
  medicine: Recognised,
  knowledge: Knowledge,
): Match | null {
  const theirs = allergy.sides;
  const ours = medicine.sides;
  let best: Match | null = null;
  for (const id of theirs.ids) {
    const allergen = theirs.ingredients.get(id);
    const same = ours.ingredients.get(id);
    if (allergen !== undefined && same !== undefined)
      best = orBetween(best, allergen, same, SAME_SUBSTANCE);
  }
  for (const id of ours.ids) {
    const member = ours.classes.get(id);
    const one = knowledge.classes.get(id);
    if (member === undefined || one === undefined) continue;
    const { name: className, evidence, within } = one;
    const named = theirs.named.get(id);
    const sibling = theirs.classes.get(id);
    // CLINICAL: who wrote "penicillins" meant every one of them.
    if (named !== undefined)
      best = orBetween(best, named, member, {
        kind: "class-named",
        strength: "definite",
        className,
        evidence,
      });
    else if (sibling !== undefined && within !== null)
      best = orBetween(best, sibling, member, {
        kind: "class",
        strength: within,
        className,
        evidence,
      });
  }
  for (const a of theirs.ids) {
    const allergen = theirs.classes.get(a);
    const reacting = knowledge.crossReactions.get(a);
    if (allergen === undefined || reacting === undefined) continue;
    for (const { with: b, strength, evidence } of reacting) {
      const member = ours.classes.get(b);
      const className = knowledge.classes.get(b)?.name;
      if (member !== undefined && className !== undefined)
        best = orBetween(best, allergen, member, { kind: "cross", strength, className, evidence });
    }
  }
  return best;
}

type Connection = Pick<Match, "kind" | "strength" | "className" | "evidence">;

const SAME_SUBSTANCE: Connection = {
  kind: "ingredient",
  strength: "definite",
  className: null,
  evidence: null,
};

/** The stronger of what was found so far and what connects these two. */
function orBetween(
  best: Match | null,
  a: Member,
  b: Member,
  { kind, strength: said, className, evidence }: Connection,
): Match {
  // The less certain of the two ways they were found is the match's.
  const found = FOUND.indexOf(a.found) > FOUND.indexOf(b.found) ? a.found : b.found;
  // CLINICAL: a word that is only nearly a name is no certainty; it still stops where the reaction was severe.
  const strength = found === "misspelt" && said === "definite" ? "possible" : said;
  if (best !== null && byWeight({ kind, strength, found }, best) >= 0) return best;
  return { kind, strength, found, allergen: a.name, medicine: b.name, className, evidence };
}

function sameCode(allergy: Recognised, medicine: Recognised): Match | null {
  for (const code of allergy.codes)
    if (medicine.codes.has(code)) {
      const name = code.slice(code.lastIndexOf("|") + 1);
      return {
        kind: "ingredient",
        strength: "definite",
        found: "code",
        allergen: allergy.texts[0]?.words.join(" ") ?? name,
        medicine: medicine.texts[0]?.words.join(" ") ?? name,
        className: null,
        evidence: null,
      };
    }
  return null;
}

/** CLINICAL: without a pack the name itself still stops: the medicine's own word, said in the allergy. */
function sameWords(allergy: Recognised, medicine: Recognised): Match | null {
  for (const { words: ours, telling } of medicine.texts) {
    if (telling === null) continue;
    const theirs = allergy.texts.find(({ words }) => words.includes(telling));
    if (theirs !== undefined)
      return {
        kind: "words",
        strength: "definite",
        found: "text",
        allergen: theirs.words.join(" "),
        medicine: ours.join(" "),
        className: null,
        evidence: null,
      };
  }
  return null;
}
