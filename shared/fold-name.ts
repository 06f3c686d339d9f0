const latinOf = (digit: string): string => {
  const code = digit.codePointAt(0) ?? 0;
  // Arabic-Indic and its eastern (Persian) variant.
  return String(code >= 0x06f0 ? code - 0x06f0 : code - 0x0660);
};

/** Arabic-Indic digits and separators to Latin ones; everything else stays. */
export function toLatinDigits(text: string): string {
  return text
    .replaceAll(/[\u0660-\u0669\u06F0-\u06F9]/gu, latinOf)
    .replaceAll("\u066B", ".")
    .replaceAll("\u066C", "");
}

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
