import { createHash } from "node:crypto";

/** RFC 9562 section 5.5 (UUIDv5) with the act's own uuid as namespace. */
export function resourceUuid(act: string, name: string): string {
  const namespace = Buffer.from(act.replaceAll("-", ""), "hex");
  const hash = createHash("sha1").update(namespace).update(name).digest().subarray(0, 16);
  const bytes = Uint8Array.from(hash);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
