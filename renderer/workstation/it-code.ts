import { toLatinDigits } from "../app/index.ts";

/** 80 bits in Crockford base32. */
export const CODE_LENGTH = 16;
const GROUP = 4;
const alphabet = /^[0-9A-HJKMNP-TV-Z]$/u;

/**
 * A code as it was meant: capitals, Latin digits, no spaces or dashes, and Crockford's look-alikes read as digits
 * (O is 0; I and L are 1). `strange` is the first sign that stands in no code.
 */
export function readCode(typed: string): {
  readonly code: string;
  readonly strange: string | null;
} {
  const plain = toLatinDigits(typed)
    .toLocaleUpperCase("en")
    .replaceAll(/[\s\u200B-\u200F\u2066-\u2069._·–—-]+/gu, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/gu, "1");
  const strange = Array.from(plain).find((sign) => !alphabet.test(sign)) ?? null;
  return { code: plain, strange };
}

/** In groups of four, as it is read out: "K7Q2 09XM". */
export function grouped(code: string): string {
  return code.replaceAll(new RegExp(`(.{${GROUP}})(?=.)`, "gu"), "$1 ");
}

/** The contract's CODE_REFUSED: until when to wait, in milliseconds of this clock. Null for any other failure. */
export function waitAfter(
  error: { readonly code: string; readonly data: unknown } | null,
  now: number,
): number | null {
  if (error === null || error.code !== "CODE_REFUSED") return null;
  if (typeof error.data !== "object" || error.data === null) return null;
  if (!("retryAfterSeconds" in error.data)) return null;
  const { retryAfterSeconds } = error.data;
  return typeof retryAfterSeconds === "number" ? now + retryAfterSeconds * 1000 : null;
}
