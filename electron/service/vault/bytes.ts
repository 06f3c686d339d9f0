/** RFC 4648 section 5, without padding: the form keys and wraps travel in. */
export function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

export function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "base64url"));
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The bytes that associated data binds: a JSON array, so that no two different lists of parts read the same. */
export function binding(...parts: readonly (string | number)[]): Uint8Array {
  return utf8(JSON.stringify(parts));
}
