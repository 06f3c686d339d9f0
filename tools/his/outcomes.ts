import type { Answer } from "./http.ts";

export const FHIR_JSON = "application/fhir+json; charset=utf-8";

/** A resource as an answer. */
export function fhirJson(
  status: number,
  resource: unknown,
  headers: Record<string, string> = {},
): Answer {
  return { status, type: FHIR_JSON, body: JSON.stringify(resource), headers };
}

/** An OperationOutcome of one error. */
export function outcomeAnswer(
  status: number,
  code: string,
  diagnostics: string,
  headers: Record<string, string> = {},
): Answer {
  return fhirJson(
    status,
    { resourceType: "OperationOutcome", issue: [{ severity: "error", code, diagnostics }] },
    headers,
  );
}
