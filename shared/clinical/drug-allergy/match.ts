import type { Knowledge, Strength } from "./types.ts";
import type { Found, Member, Recognised, RecognisedAllergy } from "./recognise.ts";

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
  allergy: RecognisedAllergy,
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
function mayConnect({ reach }: RecognisedAllergy, medicine: Recognised): boolean {
  // A loop: twelve hundred pairs of a patient are asked this, and a function made for each is most of what a check leaves behind.
  for (const id of medicine.sides.ids) if (reach.has(id)) return true;
  return false;
}

export function byWeight(a: Match, b: Match): number {
  return weightOf(a.kind, a.strength, a.found) - weightOf(b.kind, b.strength, b.found);
}

/** The less, the stronger: by strength, then kind, then how it was found. */
function weightOf(kind: Match["kind"], strength: Strength, found: Found): number {
  return STRENGTH.indexOf(strength) * 100 + KIND.indexOf(kind) * 10 + FOUND.indexOf(found);
}

/** Known as a medicine, a class, or as something that is none. */
export function isKnown(recognised: Recognised): boolean {
  return recognised.meanings.size > 0;
}

/**
 * The strongest of what the pack says. Two penicillins are connected in a dozen ways, and forty medicines are held against thirty
 * allergies: what is not the strongest is never made, or collecting it costs more than the check. By index for the same reason:
 * an iterator for each of these loops was a tenth of what a check left behind (measured).
 */
function byKnowledge(
  allergy: Recognised,
  medicine: Recognised,
  knowledge: Knowledge,
): Match | null {
  const theirs = allergy.sides;
  const ours = medicine.sides;
  let best: Match | null = null;
  for (let at = 0; at < theirs.ids.length; at += 1) {
    const id = theirs.ids[at] ?? "";
    const allergen = theirs.ingredients.get(id);
    const same = ours.ingredients.get(id);
    if (allergen !== undefined && same !== undefined)
      best = orBetween(best, allergen, same, "ingredient", "definite", null);
  }
  for (let at = 0; at < ours.ids.length; at += 1) {
    const id = ours.ids[at] ?? "";
    const member = ours.classes.get(id);
    const one = knowledge.classes.get(id);
    if (member === undefined || one === undefined) continue;
    const named = theirs.named.get(id);
    const sibling = theirs.classes.get(id);
    // CLINICAL: who wrote "penicillins" meant every one of them.
    if (named !== undefined) best = orBetween(best, named, member, "class-named", "definite", one);
    else if (sibling !== undefined && one.within !== null)
      best = orBetween(best, sibling, member, "class", one.within, one);
  }
  for (let at = 0; at < theirs.ids.length; at += 1) {
    const a = theirs.ids[at] ?? "";
    const allergen = theirs.classes.get(a);
    const reacting = knowledge.crossReactions.get(a);
    if (allergen === undefined || reacting === undefined) continue;
    for (const one of reacting) {
      const member = ours.classes.get(one.with);
      if (member !== undefined)
        best = orBetween(best, allergen, member, "cross", one.strength, one);
    }
  }
  return best;
}

/**
 * The stronger of what was found so far and what connects these two, by a class or (null) by the substance itself. One by one
 * and not as an object: hundreds of them are weighed in a check, and all but a few made for nothing.
 */
function orBetween(
  best: Match | null,
  a: Member,
  b: Member,
  kind: Match["kind"],
  said: Strength,
  by: { readonly name: string; readonly evidence: string } | null,
): Match {
  // The less certain of the two ways they were found is the match's.
  const found = FOUND.indexOf(a.found) > FOUND.indexOf(b.found) ? a.found : b.found;
  // CLINICAL: a word that is only nearly a name is no certainty; it still stops where the reaction was severe.
  const strength = found === "misspelt" && said === "definite" ? "possible" : said;
  if (
    best !== null &&
    weightOf(kind, strength, found) >= weightOf(best.kind, best.strength, best.found)
  )
    return best;
  return {
    kind,
    strength,
    found,
    allergen: a.name,
    medicine: b.name,
    className: by?.name ?? null,
    evidence: by?.evidence ?? null,
  };
}

function sameCode(allergy: Recognised, medicine: Recognised): Match | null {
  // Most are told in words alone, and so is nearly every pair.
  if (allergy.codes.size === 0 || medicine.codes.size === 0) return null;
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
