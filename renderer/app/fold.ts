import { toLatinDigits } from "./format.ts";

/**
 * A name as it is compared in a search: no case, no accents, no Arabic vowel marks or tatweel, the letters that are
 * written either way as one (أ إ آ ا, ة ه, ى ي), Latin digits.
 */
export function foldName(text: string): string {
  return toLatinDigits(text)
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036F\u064B-\u065F\u0670\u0640]/gu, "")
    .replaceAll(/[\u0622\u0623\u0625\u0671]/gu, "\u0627")
    .replaceAll("\u0629", "\u0647")
    .replaceAll("\u0649", "\u064A")
    .replaceAll("\u0624", "\u0648")
    .replaceAll("\u0626", "\u064A")
    .replaceAll(/[\s,،]+/gu, " ")
    .trim()
    .toLocaleLowerCase("en");
}
