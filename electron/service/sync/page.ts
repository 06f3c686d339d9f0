import { isAscii, isUtf8 } from "node:buffer";
import type { Removal } from "../guard/index.ts";
import { parseInPieces } from "./json-in-pieces.ts";

/** FHIR's `id` (R4 section 2.24.0.1); as a pattern, because a page holds a thousand of them. */
const ID = /^[A-Za-z0-9\-.]{1,64}$/u;

/** One entry of a searchset page. */
export interface PageEntry {
  readonly type: string;
  /** Null when it has none that FHIR allows. */
  readonly id: string | null;
  readonly version: string | null;
  readonly lastUpdated: string | null;
  readonly resource: Record<string, unknown>;
}

export interface Page {
  readonly entries: readonly PageEntry[];
  /** Provenances that the server put beside the matches (`_revinclude`): what vouches for them, no match itself. */
  readonly proofs: readonly PageEntry[];
  readonly next: string | null;
  /** Newest `meta.lastUpdated`, as the HIS wrote it. */
  readonly greatest: string | null;
  /** Every entry says when it changed, and none is older than the one before it. */
  readonly sorted: boolean;
  /** OperationOutcomes the server put beside the matches. */
  readonly outcomes: readonly Record<string, unknown>[];
}

/** A page that is not one; `detail` says what it is instead, in plain words. */
export class NotAPage extends Error {}

/**
 * Reads a FHIR R4 searchset Bundle. Throws {@link NotAPage} when the bytes are not one, whole: such an answer must change
 * nothing. Entries that are odd in themselves are kept: who applies them decides.
 */
export function parsePage(bytes: Uint8Array): Page {
  const { bundle, rows } = bundleIn(bytes, "searchset", "the result of a search");
  const entries: PageEntry[] = [];
  const proofs: PageEntry[] = [];
  const outcomes: Record<string, unknown>[] = [];
  for (const row of rows) {
    const resource = isObject(row) ? row["resource"] : null;
    if (!isObject(resource) || typeof resource["resourceType"] !== "string")
      throw new NotAPage("the Bundle holds an entry without a resource");
    if (resource["resourceType"] === "OperationOutcome") outcomes.push(resource);
    else if (resource["resourceType"] === PROVENANCE && isIncluded(row))
      proofs.push(describe(resource, PROVENANCE));
    else entries.push(describe(resource, resource["resourceType"]));
  }
  return { entries, proofs, outcomes, next: nextOf(bundle["link"]), ...orderOf(entries) };
}

/** The type that carries signatures over others (FHIR R4, 6.3). */
export const PROVENANCE = "Provenance";

function isIncluded(row: unknown): boolean {
  const search = isObject(row) ? row["search"] : null;
  return isObject(search) && search["mode"] === "include";
}

/** A resource the HIS has deleted, as its history says. */
export interface Tombstone extends Removal {
  readonly id: string;
}

/**
 * The deletions in a page of `[type]/_history` (R4 section 3.1.0.13), and what was changed. Throws {@link NotAPage} when
 * the bytes are not one, whole, or when a deletion does not say of what, or neither which version it is nor when it was.
 */
export function parseHistory(
  bytes: Uint8Array,
  type: string,
  asOf: string,
): {
  readonly gone: readonly Tombstone[];
  readonly changed: readonly PageEntry[];
  readonly next: string | null;
} {
  const { bundle, rows } = bundleIn(bytes, "history", "a history");
  const gone: Tombstone[] = [];
  const changed: PageEntry[] = [];
  for (const row of rows) {
    const request = isObject(row) ? row["request"] : null;
    if (!isObject(row) || !isObject(request) || typeof request["method"] !== "string")
      throw new NotAPage("the history holds an entry that does not say what was done");
    if (request["method"] === "DELETE") gone.push(tombstoneOf(row, request, type, asOf));
    else if (
      request["method"] !== "POST" &&
      isObject(row["resource"]) &&
      row["resource"]["resourceType"] === type
    )
      changed.push(describe(row["resource"], type));
  }
  return { gone, changed, next: nextOf(bundle["link"]) };
}

/** One entry of a history of any type: a version that was written, or (without a resource) a deletion. */
export interface HistoryEntry {
  readonly type: string;
  /** The first version there was. */
  readonly isFirst: boolean;
  readonly resource: Record<string, unknown> | null;
}

/** A page of a history as far as it says what has changed. Throws {@link NotAPage} when it does not say of which type. */
export function parseAnyHistory(bytes: Uint8Array): {
  readonly entries: readonly HistoryEntry[];
  readonly next: string | null;
} {
  const { bundle, rows } = bundleIn(bytes, "history", "a history");
  const entries = rows.map((row): HistoryEntry => {
    const resource = isObject(row) && isObject(row["resource"]) ? row["resource"] : null;
    const request = isObject(row) && isObject(row["request"]) ? row["request"] : {};
    const named =
      resource?.["resourceType"] ??
      /([A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/u.exec(String(request["url"]))?.[1];
    if (typeof named !== "string")
      throw new NotAPage("the history holds an entry that does not say of what");
    const meta = resource !== null && isObject(resource["meta"]) ? resource["meta"] : {};
    return {
      type: named,
      isFirst: request["method"] === "POST" || meta["versionId"] === "1",
      resource: request["method"] === "DELETE" ? null : resource,
    };
  });
  return { entries, next: nextOf(bundle["link"]) };
}

/** A HIS of several nodes has several clocks. */
const CLOCKS_MS = 60_000;

function tombstoneOf(
  row: Record<string, unknown>,
  request: Record<string, unknown>,
  type: string,
  asOf: string,
): Tombstone {
  const response = isObject(row["response"]) ? row["response"] : {};
  // The server may name it relative, absolute, or with the version; a `DELETE` by condition is named by `fullUrl`.
  const [, id, inUrl] =
    [request["url"], row["fullUrl"]]
      .map((url) =>
        new RegExp(`(?:^|/)${type}/([A-Za-z0-9\\-.]{1,64})(?:/_history/([^/?]+))?$`, "u").exec(
          String(url),
        ),
      )
      .find((found) => found !== null) ?? [];
  if (id === undefined)
    throw new NotAPage("the history holds a deletion that does not say of what");
  const version = inUrl ?? /^(?:W\/)?"([^"]+)"$/u.exec(String(response["etag"]))?.[1] ?? null;
  const at = textOf(response["lastModified"]);
  const known = at !== null && !Number.isNaN(Date.parse(at));
  if (version === null && !known)
    throw new NotAPage("the history holds a deletion without version and time");
  // SECURITY: nothing is deleted after it is told of; such a date would hide all that is written there later.
  const told = known && Date.parse(at) < Date.parse(asOf) + CLOCKS_MS;
  return { id, version, at: told ? at : asOf, exact: told };
}

function bundleIn(
  bytes: Uint8Array,
  type: string,
  said: string,
): { readonly bundle: Record<string, unknown>; readonly rows: readonly unknown[] } {
  const bundle = jsonOf(bytes);
  if (!isObject(bundle) || bundle["resourceType"] !== "Bundle") {
    const found =
      isObject(bundle) && typeof bundle["resourceType"] === "string"
        ? bundle["resourceType"]
        : "something else";
    throw new NotAPage(`the answer is not a FHIR Bundle but ${found.slice(0, 40)}`);
  }
  if (bundle["type"] !== type) throw new NotAPage(`the answer is a Bundle, but not ${said}`);
  const rows = bundle["entry"] ?? [];
  if (!Array.isArray(rows)) throw new NotAPage("the Bundle's entries are not a list");
  return { bundle, rows };
}

function describe(resource: Record<string, unknown>, type: string): PageEntry {
  const meta = isObject(resource["meta"]) ? resource["meta"] : {};
  return {
    type,
    id: isId(resource["id"]) ? resource["id"] : null,
    version: textOf(meta["versionId"]),
    lastUpdated: textOf(meta["lastUpdated"]),
    resource,
  };
}

/** The link that leads on; null when there is none. */
export function nextOf(links: unknown): string | null {
  if (!Array.isArray(links)) return null;
  for (const link of links as unknown[]) {
    if (isObject(link) && link["relation"] === "next") return textOf(link["url"]);
  }
  return null;
}

function orderOf(entries: readonly PageEntry[]): Pick<Page, "greatest" | "sorted"> {
  let greatest: string | null = null;
  let at = Number.NEGATIVE_INFINITY;
  let sorted = true;
  for (const { lastUpdated } of entries) {
    const instant = lastUpdated === null ? Number.NaN : Date.parse(lastUpdated);
    // False for what is no time, too.
    if (!(instant >= at)) sorted = false;
    if (instant > at) {
      at = instant;
      greatest = lastUpdated;
    }
  }
  return { greatest, sorted };
}

/** Throws {@link NotAPage} when the bytes are no JSON, and says what they are instead. */
export function jsonOf(bytes: Uint8Array): unknown {
  // `TextDecoder` says the same at ten times the cost, which for a first sync was more than reading the JSON itself.
  if (!isUtf8(bytes)) throw new NotAPage("the answer is not text in UTF-8");
  const skipped = BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? 3 : 0;
  const own = Buffer.from(bytes.buffer, bytes.byteOffset + skipped, bytes.byteLength - skipped);
  try {
    if (own.length >= LARGE) return parseInPieces(own);
    return JSON.parse(own.toString(isAscii(own) ? "latin1" : "utf8"));
  } catch {
    throw new NotAPage(
      /^\s*</u.test(own.toString("utf8", 0, 1_000))
        ? "the answer is a web page or XML, not FHIR JSON"
        : "the answer is not whole JSON: it was cut short or damaged",
    );
  }
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** From here on pieces are worth their number; a text of this size lies in memory that is used again and again. */
const LARGE = 48 * 1024;

/** True for what FHIR allows as an `id`. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
