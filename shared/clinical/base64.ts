const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Text in base64 (RFC 4648, blanks allowed) as UTF-8, or as Latin-1 where it is not valid UTF-8. Null for what is not
 * base64. Written out because `shared` runs where neither Node's Buffer nor the DOM's atob may be assumed.
 */
export function base64Text(encoded: string): string | null {
  const clean = encoded.replaceAll(/\s/gu, "").replace(/={0,2}$/u, "");
  if (!/^[A-Za-z0-9+/]*$/u.test(clean) || clean.length % 4 === 1) return null;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of clean) {
    bits = ((bits << 6) | ALPHABET.indexOf(letter)) & 0xff_ff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push((bits >> held) & 0xff);
    }
  }
  const escaped = bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  try {
    return decodeURIComponent(escaped);
  } catch {
    return bytes.map((byte) => String.fromCodePoint(byte)).join("");
  }
}
