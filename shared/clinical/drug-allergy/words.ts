/**
 * Words as they are compared, never as they are shown: an allergy written "ＡＭＯＸＩＣＩＬＬＩＮ", "amoxi\u200Bcillin",
 * "аmoxicillin" (Cyrillic а) or "الأموكسيسيلين" must still be found.
 */

/** Cyrillic and Greek letters that look like Latin ones (Unicode TR 39, confusables; those that make a drug's name). */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  а: "a",
  в: "b",
  с: "c",
  ԁ: "d",
  е: "e",
  һ: "h",
  н: "h",
  і: "i",
  ј: "j",
  к: "k",
  ӏ: "l",
  м: "m",
  о: "o",
  р: "p",
  ԛ: "q",
  ѕ: "s",
  т: "t",
  ѵ: "v",
  ԝ: "w",
  х: "x",
  у: "y",
  α: "a",
  β: "b",
  ε: "e",
  ι: "i",
  κ: "k",
  ν: "v",
  ο: "o",
  ρ: "p",
  τ: "t",
  υ: "u",
  χ: "x",
  ı: "i",
  ɑ: "a",
  ɡ: "g",
};

/** Spellings of one Arabic letter that people use for each other. */
const ARABIC_LETTERS: Readonly<Record<string, string>> = {
  أ: "ا",
  إ: "ا",
  آ: "ا",
  ٱ: "ا",
  ى: "ي",
  ی: "ي",
  ئ: "ي",
  ؤ: "و",
  ة: "ه",
  ک: "ك",
};

/** The article, alone or after "and", "with", "for". */
const ARTICLE = /^(?:[وبف]?ال|لل)(?=\p{L}{4})/u;

/** Lower-case words without marks, invisible characters, look-alikes, tatweel and the Arabic article. */
export function wordsOf(text: string): string[] {
  // Most are plain English, where there is nothing to fold but the capitals.
  return isPlain(text) ? plainWordsOf(text) : foldedWordsOf(text);
}

function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

function plainWordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/gu) ?? [];
}

/** The same for any text: what {@link wordsOf} means. */
export function foldedWordsOf(text: string): string[] {
  const folded = text
    .normalize("NFKD")
    // Marks, joiners, bidi controls, soft hyphens, tatweel: invisible, or written by taste.
    .replaceAll(/[\p{M}\p{Cf}\u0640]/gu, "")
    .toLowerCase();
  return folded.split(/[^\p{L}\p{N}]+/u).flatMap((word) => (word === "" ? [] : [foldWord(word)]));
}

function foldWord(word: string): string {
  let folded = "";
  for (const letter of word) folded += LOOK_ALIKES[letter] ?? ARABIC_LETTERS[letter] ?? letter;
  return folded.replace(ARTICLE, "");
}

/** Whether two words differ by one slip: a letter too many, too few, another, or two swapped (Damerau 1964). */
export function oneSlipApart(a: string, b: string): boolean {
  const longer = Math.max(a.length, b.length);
  const shorter = Math.min(a.length, b.length);
  if (longer - shorter > 1 || a === b) return false;
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  if (head + tail >= longer - 1) return true;
  return (
    longer === shorter &&
    head + tail === longer - 2 &&
    a[head] === b[head + 1] &&
    a[head + 1] === b[head]
  );
}
