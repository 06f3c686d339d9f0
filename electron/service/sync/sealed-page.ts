import { deflateRawSync, gunzipSync, inflateRawSync } from "node:zlib";
import type { InboxPage, NewInboxPage } from "../store/index.ts";
import { inboxBinding } from "../vault/index.ts";
import type { PageOpener, PageSealer } from "../vault/index.ts";
import { Notice } from "./notice.ts";
import { parsePage, PROVENANCE } from "./page.ts";
import type { PageEntry } from "./page.ts";

type Place = Pick<NewInboxPage, "kind" | "type" | "patient">;

/** A page larger than this once opened is refused: no answer of the HIS may be (`his/` bounds them below it). */
const MAX_BYTES = 256 * 1024 * 1024;

/** Most pages are small: for these, making a whole deflate state costs more than compressing. */
const SMALL = 8 * 1024;
const SMALL_DEFLATE = { level: 1, windowBits: 13, memLevel: 6, chunkSize: 4096 };
const LARGE_DEFLATE = { level: 1 };

/**
 * First byte of what the HIS compressed (gzip, RFC 1952 section 2.3.1). No deflate stream begins with it either: its block
 * type, too, would be the reserved one.
 */
const GZIP = 0x1f;

/** Compresses a searchset Bundle, unless it is so already, and seals it to the vault's public key; bound to kind, type and patient. */
export async function sealPage(
  sealer: PageSealer,
  place: Place,
  { bytes, encoding }: { readonly bytes: Uint8Array; readonly encoding: "gzip" | null },
): Promise<Uint8Array> {
  const packed =
    encoding === "gzip"
      ? bytes
      : deflateRawSync(bytes, bytes.byteLength < SMALL ? SMALL_DEFLATE : LARGE_DEFLATE);
  return await sealer.seal(inboxBinding(place.kind, place.type, place.patient), packed);
}

/** A searchset Bundle of some of a page's entries, and of what vouches for them. */
export function bundleOf(
  entries: readonly PageEntry[],
  proofs: readonly PageEntry[] = [],
): Uint8Array {
  const entry = [
    ...entries.map(({ resource }) => ({ resource })),
    ...proofs.map(({ resource }) => ({ resource, search: { mode: "include" } })),
  ];
  return Buffer.from(JSON.stringify({ resourceType: "Bundle", type: "searchset", entry }));
}

/**
 * First byte of a sealed notice. SECURITY: no deflate stream begins with it (RFC 1951 section 3.2.3: block type 11 is
 * reserved), so that no answer of the HIS, sealed as it came, can pass for what this program concluded from one.
 */
const NOTICE = 0xff;

/** Seals what a page of history or a whole listing says; bound and kept like a page of resources. */
export async function sealNotice(
  sealer: PageSealer,
  place: Place,
  notice: Notice,
): Promise<Uint8Array> {
  const packed = deflateRawSync(Buffer.from(JSON.stringify(notice)), { level: 1 });
  return await sealer.seal(
    inboxBinding(place.kind, place.type, place.patient),
    Buffer.concat([Buffer.of(NOTICE), packed]),
  );
}

export interface PageContent {
  readonly resources: readonly Record<string, unknown>[];
  /** Provenances, whose signatures may vouch for them or for what came before. */
  readonly proofs: readonly Record<string, unknown>[];
  /** Set when the page carries no resources but says which are gone. */
  readonly notice: Notice | null;
}

/** What a sealed page holds. Throws when it does not open, inflate or parse. A page without a body has nothing. */
export async function openPage(opener: PageOpener, page: InboxPage): Promise<PageContent> {
  if (page.sealed.byteLength === 0) return { resources: [], proofs: [], notice: null };
  const packed = await opener.open(inboxBinding(page.kind, page.type, page.patient), page.sealed);
  if (packed[0] === NOTICE) {
    const json = inflateRawSync(packed.subarray(1), { maxOutputLength: MAX_BYTES }).toString();
    return { resources: [], proofs: [], notice: Notice.parse(JSON.parse(json)) };
  }
  const unpack = packed[0] === GZIP ? gunzipSync : inflateRawSync;
  const { entries, proofs } = parsePage(unpack(packed, { maxOutputLength: MAX_BYTES }));
  const all = entries.map(({ resource }) => resource);
  if (page.type === PROVENANCE) return { resources: [], proofs: all, notice: null };
  return { resources: all, proofs: proofs.map(({ resource }) => resource), notice: null };
}
