import { NotAPage, isObject, jsonOf, nextOf } from "./page.ts";

/** What a batch of questions looks like, and what its answer holds; who believes it is `batches.ts`. */

/** An answer within a batch, as it would have come alone. */
export interface BatchPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly print: Print;
}

/** What an answer holds, as far as two of them can be compared. */
export interface Print {
  /** `Type/id`, in their order. */
  readonly names: readonly string[];
  /** Which versions, in which order, and whether more follow. */
  readonly text: string;
}

/** The Bundle that asks them all (R4 http.html#transaction): one entry a question, answered in the same order. */
export function batchOf(questions: readonly string[]): string {
  const entry = questions.map((url) => ({ request: { method: "GET", url } }));
  return JSON.stringify({ resourceType: "Bundle", type: "batch", entry });
}

/**
 * The answers in a batch's answer, by question; null where a part failed, or does not say that it answers this question.
 * Throws {@link NotAPage} when the bytes are no such answer, whole.
 */
export function partsOf(
  bytes: Uint8Array,
  questions: readonly string[],
): readonly (BatchPart | null)[] {
  const bundle = jsonOf(bytes);
  if (!isObject(bundle) || bundle["type"] !== "batch-response")
    throw new NotAPage("the answer to a batch is none");
  const entries = bundle["entry"];
  if (!Array.isArray(entries) || entries.length !== questions.length)
    throw new NotAPage("the answer to a batch does not answer every question");
  return questions.map((question, at) => partOf(question, entries[at]));
}

/** What a single answer holds; null when it is no Bundle. */
export function printOf(bytes: Uint8Array): Print | null {
  try {
    return printIn(jsonOf(bytes));
  } catch (error) {
    if (error instanceof NotAPage) return null;
    throw error;
  }
}

function partOf(question: string, entry: unknown): BatchPart | null {
  const response = isObject(entry) ? entry["response"] : null;
  if (!isObject(entry) || !isObject(response)) return null;
  const { resource } = entry;
  if (!/^200\b/u.test(String(response["status"])) || !isObject(resource)) return null;
  // CLINICAL: parts that change places would show one patient's "none" as another's, so each must say what it answers.
  const self = linkOf(resource["link"], "self");
  if (self === null || !isAnswerTo(question, self)) return null;
  const print = printIn(resource);
  if (isShort(resource)) return null;
  // A copy of its own memory: the parts go on to another thread one by one.
  return print && { bytes: new Uint8Array(Buffer.from(JSON.stringify(resource))), print };
}

/** True when it says itself that it found more than it holds, and not where the rest is. */
function isShort(bundle: Record<string, unknown>): boolean {
  const { total, entry, link } = bundle;
  const entries: unknown[] = Array.isArray(entry) ? entry : [];
  const matches = entries.filter((one) => {
    const search = isObject(one) ? one["search"] : null;
    return !isObject(search) || (search["mode"] ?? "match") === "match";
  });
  return typeof total === "number" && total > matches.length && nextOf(link) === null;
}

function linkOf(links: unknown, relation: string): string | null {
  if (!Array.isArray(links)) return null;
  for (const link of links as unknown[])
    if (isObject(link) && link["relation"] === relation && typeof link["url"] === "string")
      return link["url"];
  return null;
}

function printIn(bundle: unknown): Print | null {
  if (!isObject(bundle) || bundle["resourceType"] !== "Bundle") return null;
  const entries: unknown[] = Array.isArray(bundle["entry"]) ? bundle["entry"] : [];
  const held = entries.map((entry) => {
    const resource = isObject(entry) && isObject(entry["resource"]) ? entry["resource"] : {};
    const meta = isObject(resource["meta"]) ? resource["meta"] : {};
    const name = `${String(resource["resourceType"])}/${String(resource["id"])}`;
    return { name, version: `${name}/${String(meta["versionId"])}/${String(meta["lastUpdated"])}` };
  });
  const more = nextOf(bundle["link"]) === null ? "" : " and more";
  return {
    names: held.map(({ name }) => name),
    text: held.map(({ version }) => version).join(" ") + more,
  };
}

/**
 * What neither narrows a search nor leaves anything out (R4 search.html#modifyingresults). `_offset`, `_elements` and
 * `_summary` do.
 */
const ABOUT_THE_ANSWER = /^_(?:count|sort|revinclude|include|total|format|pretty)$/u;

/** True when a `self` link tells of the very search that was asked: same type, same narrowing, from the start, and whole. */
export function isAnswerTo(question: string, self: string): boolean {
  const asked = URL.parse(question, NOWHERE);
  const told = URL.parse(self, NOWHERE);
  if (asked === null || told === null || !told.pathname.endsWith(asked.pathname)) return false;
  const [wanted, given] = [narrowingOf(asked), narrowingOf(told)];
  return wanted.size === given.size && [...wanted].every((one) => given.has(one));
}

const NOWHERE = "http://his.invalid/";

function narrowingOf({ searchParams }: URL): ReadonlySet<string> {
  const found = [...searchParams].filter(
    ([name, value]) => !ABOUT_THE_ANSWER.test(name) && !(name === "_offset" && value === "0"),
  );
  return new Set(found.map(([name, value]) => `${name}=${normal(name, value)}`));
}

/** One instant, or one list, however it is written. */
function normal(name: string, value: string): string {
  const [, comparison = "", instant = ""] = /^(ge)?(\d{4}-.*)$/u.exec(value) ?? [];
  if (name === "_lastUpdated" || name === "_since") return `${comparison}${Date.parse(instant)}`;
  const values = value.split(",").map((one) => one.replace(/^Patient\//u, ""));
  return values.toSorted().join(",");
}
