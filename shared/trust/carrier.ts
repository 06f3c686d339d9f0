import { STATEMENT_JWS_URL, STATEMENT_SYSTEM, type StatementKind } from "./statement.ts";

/** The FHIR resource that a statement or a changed PIN travels in (FHIR R4, Basic). */
export interface StatementCarrier {
  readonly resourceType: "Basic";
  /** The same for one kind and subject, so that the HIS holds only the latest. */
  readonly id: string;
  readonly identifier: { system: string; value: string }[];
  readonly code: { coding: { system: string; code: string }[]; text: string };
  readonly extension: { url: string; valueString: string }[];
}

/** How a changed PIN is called among the statements it travels with. */
export const PIN_CHANGE_CODE = "pin-change";

/** Puts a JWS into its carrier; `subject` is the clinician for a changed PIN. */
export function carrierOf(
  kind: StatementKind | typeof PIN_CHANGE_CODE,
  subject: string,
  jws: string,
): StatementCarrier {
  return {
    resourceType: "Basic",
    id: fhirId(`${kind}-${subject}`),
    identifier: [{ system: STATEMENT_SYSTEM, value: subject }],
    code: { coding: [{ system: STATEMENT_SYSTEM, code: kind }], text: kind },
    extension: [{ url: STATEMENT_JWS_URL, valueString: jws }],
  };
}

/**
 * A logical id has 64 characters of A-Z, a-z, 0-9, dash and dot (FHIR R4, datatypes). What does not fit is written so that
 * two names do not become one: the HIS would keep the statement of only one of them.
 */
function fhirId(name: string): string {
  if (/^[A-Za-z0-9.-]{1,64}$/u.test(name)) return name;
  const plain = name.replaceAll(/[^A-Za-z0-9.-]/gu, "-").slice(0, 55);
  return `${plain}-${fnv(name)}`;
}

/** FNV-1a over UTF-16 units, 32 bits: parts names, protects nothing. */
function fnv(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
