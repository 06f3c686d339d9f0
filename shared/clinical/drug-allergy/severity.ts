import { codings, conceptText, field, objects, text } from "../read.ts";
import { SNOMED } from "../codes.ts";
import { wordsOf } from "./words.ts";

/**
 * SNOMED CT, quoted one by one: anaphylaxis; angioedema; Stevens-Johnson syndrome; toxic epidermal necrolysis; DRESS;
 * bronchospasm; oedema of larynx.
 */
const SEVERE_CODES = new Set([
  "39579001",
  "41291007",
  "73442001",
  "768962006",
  "702809001",
  "4386001",
  "51599000",
]);

/** Stems of reactions that can kill, in folded letters; English, and Arabic as wards write it. */
const SEVERE_STEMS = [
  "anaphyla",
  "angioedema",
  "angiooedema",
  "stevens",
  "necrolysis",
  "bronchospasm",
  "laryng",
  "airway",
  "wheez",
  "agranulocytosis",
  "تاق", // anaphylaxis: تأق
  "صفير", // wheeze
  "ستيفنز",
];
const SEVERE_WORDS = new Set(["sjs", "dress", "shock", "صدمه"]);

/**
 * CLINICAL: severe is a high criticality, a reaction graded severe, or one of the airway or that can kill by its nature, whatever
 * grade was typed beside it.
 */
export function isSevere(allergy: unknown): boolean {
  if (text(field(allergy, "criticality")) === "high") return true;
  // "Ibuprofen - wheeze" in the name of the substance is how a free text tells its reaction.
  if (soundsSevere(conceptText(field(allergy, "code")))) return true;
  return objects(field(allergy, "reaction")).some(
    (one) =>
      text(field(one, "severity")) === "severe" ||
      objects(field(one, "manifestation")).some(canKill) ||
      soundsSevere(text(field(one, "description"))),
  );
}

function canKill(manifestation: unknown): boolean {
  return (
    codings(manifestation).some(
      ({ system, code }) => system === SNOMED && SEVERE_CODES.has(code),
    ) || soundsSevere(conceptText(manifestation))
  );
}

function soundsSevere(words: string | null): boolean {
  return wordsOf(words ?? "").some(
    (word) => SEVERE_WORDS.has(word) || SEVERE_STEMS.some((stem) => word.startsWith(stem)),
  );
}

/**
 * CLINICAL: what was recorded as an intolerance of low risk with no severe reaction (nausea with codeine) is no reason to
 * stop a hand: 98.9 % of such alerts are overridden in practice, and they bury the one that matters.
 */
export function isMildIntolerance(allergy: unknown): boolean {
  return (
    text(field(allergy, "type")) === "intolerance" &&
    text(field(allergy, "criticality")) === "low" &&
    !isSevere(allergy)
  );
}
