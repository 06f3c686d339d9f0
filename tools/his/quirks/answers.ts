import type {
  Bundle,
  CapabilityStatement,
  CapabilityStatementRestResource,
} from "@medplum/fhirtypes";
import type { FhirRequestIn } from "../fhir-api.ts";
import type { Answer } from "../http.ts";
import type { FhirHandler } from "./quirk.ts";

/** A Bundle in an answer, changed; any other answer stays as it is. */
export function changeBundle(answer: Answer, change: (bundle: Bundle) => Bundle): Answer {
  if (answer.status !== 200 || !answer.body.startsWith(`{"resourceType":"Bundle"`)) return answer;
  return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body) as Bundle)) };
}

/** What the statement says of each type, changed. */
export function declaring(
  inner: FhirHandler,
  change: (
    type: CapabilityStatementRestResource,
    statement: CapabilityStatement,
  ) => CapabilityStatementRestResource,
): FhirHandler {
  return async (request) => {
    const answer = await inner(request);
    if (request.path !== "metadata") return answer;
    const statement = JSON.parse(answer.body) as CapabilityStatement;
    for (const rest of statement.rest ?? [])
      rest.resource = rest.resource?.map((type) => change(type, statement)) ?? [];
    return { ...answer, body: JSON.stringify(statement) };
  };
}

/** The transaction or batch that a request carries; null when it carries none. */
export function bundleOf(request: FhirRequestIn): Bundle | null {
  if (request.method !== "POST" || request.path !== "") return null;
  try {
    return JSON.parse(request.body) as Bundle;
  } catch {
    return null;
  }
}

/** The first resource that a search finds, by the very server; null when there is none. */
export async function firstMatch(
  inner: FhirHandler,
  type: string,
  criteria: string,
): Promise<{ readonly id: string } | null> {
  const query = new URLSearchParams(criteria);
  query.set("_count", "1");
  const answer = await inner({ method: "GET", path: type, query, headers: {}, body: "" });
  const id = (JSON.parse(answer.body) as Bundle).entry?.[0]?.resource?.id;
  return id === undefined ? null : { id };
}
