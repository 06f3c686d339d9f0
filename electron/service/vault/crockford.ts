/** Crockford's base32: no I, L, O or U, so that what is read aloud or off paper cannot be mistaken. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Bytes as base32, five bits a character, highest bit first; bits short of a whole character are left out. */
export function toCrockford(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31] ?? "";
    }
    held &= (1 << bits) - 1;
  }
  return text;
}

/** A code as it is compared: case, blanks and dashes do not count; O is 0, I and L are 1. Null: not such a code. */
export function readCrockford(typed: string, length: number): string | null {
  const text = typed
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/gu, "1");
  const known = Array.from(text).every((letter) => ALPHABET.includes(letter));
  return known && text.length === length ? text : null;
}

/** For reading: groups with dashes between. */
export function inGroups(text: string, size: number): string {
  return text.match(new RegExp(`.{1,${size}}`, "gu"))?.join("-") ?? "";
}
