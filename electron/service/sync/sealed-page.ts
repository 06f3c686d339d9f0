import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { InboxPage, NewInboxPage } from "../store/index.ts";
import { INBOX_INFO, inboxBinding, open, seal } from "../vault/index.ts";

type Place = Pick<NewInboxPage, "kind" | "type" | "patient">;

/** A page larger than this once opened is refused: no answer of the HIS may be (`his/` bounds them below it). */
const MAX_BYTES = 256 * 1024 * 1024;

/** Compresses a page's resources and seals them to the vault's public key; bound to kind, type and patient. */
export async function sealPage(
  publicKey: Uint8Array,
  place: Place,
  resources: readonly unknown[],
): Promise<Uint8Array> {
  const packed = deflateRawSync(JSON.stringify(resources), { level: 1 });
  return await seal(
    publicKey,
    INBOX_INFO,
    inboxBinding(place.kind, place.type, place.patient),
    packed,
  );
}

/** The resources of a sealed page. Throws when it does not open, inflate or parse. A page without a body has none. */
export async function openPage(
  privateKey: Uint8Array,
  page: InboxPage,
): Promise<readonly Record<string, unknown>[]> {
  if (page.sealed.byteLength === 0) return [];
  const packed = await open(
    privateKey,
    INBOX_INFO,
    inboxBinding(page.kind, page.type, page.patient),
    page.sealed,
  );
  const text = inflateRawSync(packed, { maxOutputLength: MAX_BYTES }).toString("utf8");
  return JSON.parse(text) as Record<string, unknown>[];
}
