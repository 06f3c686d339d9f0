import { hash } from "node:crypto";
import canonicalize from "canonicalize";
import type { FhirResource } from "../../../../shared/fhir/index.ts";

/**
 * SHA-256 (base64url) of the RFC 8785 canonical JSON of a resource without what is the server's or made from the rest:
 * `meta`, `text`, `id`. Null for what JSON cannot say (a lone surrogate): nobody has signed that.
 */
export function digestOf(resource: Readonly<Record<string, unknown>>): string | null {
  const { meta: _meta, text: _text, id: _id, ...content } = resource;
  try {
    const text = canonicalize(content);
    return text === undefined ? null : hash("sha256", text, "base64url");
  } catch {
    return null;
  }
}

/** `system|value` of every identifier a resource carries. */
export function identifiersOf({ identifier }: FhirResource): ReadonlySet<string> {
  const list = Array.isArray(identifier) ? (identifier as unknown[]) : [];
  return new Set(
    list.flatMap((one) => {
      const { system, value } = (one ?? {}) as { system?: unknown; value?: unknown };
      return typeof system === "string" && typeof value === "string" ? [`${system}|${value}`] : [];
    }),
  );
}
