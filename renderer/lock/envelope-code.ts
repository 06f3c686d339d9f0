import { toLatinDigits } from "../app/index.ts";

/** The code of a ward's envelope as it is printed: Crockford's base32 (100 bits) in four groups of five. */
export const CODE_GROUPS = 4;
export const CODE_EACH = 5;
const LENGTH = CODE_GROUPS * CODE_EACH;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * What was typed or read off the paper as the code means it: capitals, Latin digits, no blanks or dashes, O as 0, I and L
 * as 1 (Crockford, base32). Letters that no code has stay, so that they can be shown. At most a whole code.
 */
export function readCode(typed: string): string {
  return toLatinDigits(typed.normalize("NFKC"))
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/gu, "1")
    .slice(0, LENGTH);
}

/** The code in its groups, as on the paper. */
export function groupedCode(code: string): string {
  return code.match(new RegExp(`.{1,${CODE_EACH}}`, "gu"))?.join("-") ?? "";
}

/** The first thing that keeps a code from being one; null: it is whole. */
export function codeProblem(
  code: string,
): { readonly problem: "letters"; readonly wrong: string } | { readonly problem: "short" } | null {
  const wrong = Array.from(code).filter((letter) => !ALPHABET.includes(letter));
  if (wrong.length > 0) return { problem: "letters", wrong: [...new Set(wrong)].join(" ") };
  return code.length < LENGTH ? { problem: "short" } : null;
}

/** Where the caret stands in the grouped text after so many characters of the code. */
export function caretAfter(characters: number): number {
  return characters + Math.max(0, Math.ceil(characters / CODE_EACH) - 1);
}
