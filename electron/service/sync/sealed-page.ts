import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { InboxPage, NewInboxPage } from "../store/index.ts";
import { inboxBinding } from "../vault/index.ts";
import type { PageOpener, PageSealer } from "../vault/index.ts";
import { parsePage } from "./page.ts";
import type { PageEntry } from "./page.ts";

type Place = Pick<NewInboxPage, "kind" | "type" | "patient">;

/** A page larger than this once opened is refused: no answer of the HIS may be (`his/` bounds them below it). */
const MAX_BYTES = 256 * 1024 * 1024;

/** Compresses a searchset Bundle and seals it to the vault's public key; bound to kind, type and patient. */
export async function sealPage(
  sealer: PageSealer,
  place: Place,
  bundle: Uint8Array,
): Promise<Uint8Array> {
  const packed = deflateRawSync(bundle, { level: 1 });
  return await sealer.seal(inboxBinding(place.kind, place.type, place.patient), packed);
}

/** A searchset Bundle of some of a page's entries. */
export function bundleOf(entries: readonly PageEntry[]): Uint8Array {
  const entry = entries.map(({ resource }) => ({ resource }));
  return Buffer.from(JSON.stringify({ resourceType: "Bundle", type: "searchset", entry }));
}

/** The resources of a sealed page. Throws when it does not open, inflate or parse. A page without a body has none. */
export async function openPage(
  opener: PageOpener,
  page: InboxPage,
): Promise<readonly Record<string, unknown>[]> {
  if (page.sealed.byteLength === 0) return [];
  const packed = await opener.open(inboxBinding(page.kind, page.type, page.patient), page.sealed);
  return parsePage(inflateRawSync(packed, { maxOutputLength: MAX_BYTES })).entries.map(
    ({ resource }) => resource,
  );
}
