/**
 * Small readers for FHIR as it comes: every one answers null (or nothing) for what is not there or not of the expected
 * shape, and none throws. Views are built on these alone, so that one odd field never takes a patient off the screen.
 */
export type Json = Readonly<Record<string, unknown>>;

/** The value as an object, or an empty one. */
export function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The own property `key`; nothing is read from a prototype. */
export function field(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The objects of an array; a single object counts as a list of one (seen in the wild). */
export function objects(value: unknown): Json[] {
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}

/** Text without surrounding blanks; null when there is none. */
export function text(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const trimmed = value.trim();
  return trimmed === "" ? null : trimmed;
}

/** The non-empty texts of an array. */
export function texts(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map(text).filter((item) => item !== null);
}

/** A finite number; a number written as a string is not one. */
export function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export interface Code {
  readonly system: string;
  readonly code: string;
  readonly display: string | null;
}

/** All codings of a CodeableConcept (or of a list of them) that have a code. */
export function codings(concept: unknown): Code[] {
  const all: Code[] = [];
  for (const one of objects(concept))
    for (const coding of objects(field(one, "coding"))) {
      const code = text(field(coding, "code"));
      const system = text(field(coding, "system")) ?? "";
      if (code !== null) all.push({ system, code, display: text(field(coding, "display")) });
    }
  return all;
}

/** Whether a CodeableConcept (or one of a list) carries one of the codes of the system. */
export function hasCode(concept: unknown, system: string, codes: readonly string[]): boolean {
  // Asked many times of every Observation: without making the list of codings.
  return objects(concept).some((one) =>
    objects(field(one, "coding")).some((coding) => {
      const code = text(field(coding, "code"));
      return (
        code !== null && codes.includes(code) && (text(field(coding, "system")) ?? "") === system
      );
    }),
  );
}

/** The first code of a status-like concept, or of a plain `code` value. */
export function firstCode(value: unknown): string | null {
  return text(value) ?? codings(value)[0]?.code ?? null;
}

/**
 * A CodeableConcept in its recorder's words: its text, else a display, else the bare codes. Null when it says nothing.
 */
export function conceptText(concept: unknown): string | null {
  for (const one of objects(concept)) {
    const said = text(field(one, "text"));
    if (said !== null) return said;
  }
  for (const one of objects(concept))
    for (const coding of objects(field(one, "coding"))) {
      const displayed = text(field(coding, "display"));
      if (displayed !== null) return displayed;
    }
  const coded = codings(concept)[0];
  if (coded === undefined) return null;
  return coded.system === "" ? coded.code : `${coded.code} (${coded.system})`;
}

/** The logical id a reference points at: `Type/id`, an absolute URL, `urn:uuid:…` or `#contained`. */
export function referenceId(reference: unknown): string | null {
  const target = text(field(reference, "reference"));
  if (target === null) return null;
  const withoutVersion = target.replace(/\/_history\/[^/]*$/u, "");
  return text(/[^/:#]+$/u.exec(withoutVersion)?.[0]);
}

/** What a reference shows by itself: its display, else the id it points at. */
export function referenceText(reference: unknown): string | null {
  return text(field(reference, "display")) ?? referenceId(reference);
}

/** `resource.id`; null when it is missing. */
export function idOf(resource: unknown): string | null {
  return text(field(resource, "id"));
}

export function typeOf(resource: unknown): string | null {
  return text(field(resource, "resourceType"));
}

/** The narrative (`text.div`) without its tags: what a person could read where nothing else says it. */
export function narrative(resource: unknown): string | null {
  const div = text(field(field(resource, "text"), "div"));
  return div === null ? null : stripTags(div);
}

/** Markup to its text; block ends become line breaks. */
export function stripTags(markup: string): string | null {
  const plain = markup
    .replaceAll(/<(?:script|style)\b[^>]*>[\s\S]*?<\/(?:script|style)\s*>/giu, "")
    .replaceAll(/<br\s*\/?>|<\/(?:p|div|tr|li|h[1-6])\s*>/giu, "\n")
    .replaceAll(/<[^>]*>/gu, "")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll(/[ \t]+/gu, " ")
    .replaceAll(/\s*\n\s*/gu, "\n");
  return text(plain);
}

/** What names a resource when it carries no words of its own: never empty, so that nothing is shown as a blank. */
export function fallbackName(resource: unknown): string {
  return `${typeOf(resource) ?? "?"}/${idOf(resource) ?? "?"}`;
}
