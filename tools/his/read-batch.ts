import type { Bundle, OperationOutcome } from "@medplum/fhirtypes";
import type { Answer } from "./http.ts";
import { FHIR_JSON } from "./outcomes.ts";
import type { FhirHandler } from "./quirks/quirk.ts";

/** A batch of nothing but reads (R4 http.html#transaction) is answered read by read, each as it would be alone. */
export function readBatches(inner: FhirHandler): FhirHandler {
  return async (request) => {
    const targets = request.method === "POST" && request.path === "" ? readsIn(request.body) : null;
    if (targets === null) return await inner(request);
    const entries: string[] = [];
    for (const target of targets) {
      const [path = "", query = ""] = target.split("?");
      const answer = await inner({
        method: "GET",
        path,
        query: new URLSearchParams(query),
        headers: {},
        body: "",
      });
      entries.push(entryOf(answer));
    }
    const body = `{"resourceType":"Bundle","type":"batch-response","entry":[${entries.join(",")}]}`;
    return { status: 200, type: FHIR_JSON, body };
  };
}

/** What the batch asks for; null when it does anything else than read. */
function readsIn(body: string): string[] | null {
  const bundle = bundleIn(body);
  if (bundle?.resourceType !== "Bundle" || bundle.type !== "batch") return null;
  const requests = (bundle.entry ?? []).map(({ request }) => request);
  if (requests.length === 0 || !requests.every((each) => each?.method === "GET")) return null;
  return requests.flatMap((each) => each?.url ?? []);
}

function bundleIn(body: string): Bundle | null {
  try {
    return JSON.parse(body) as Bundle;
  } catch {
    return null;
  }
}

function entryOf({ status, body, headers }: Answer): string {
  const told = { status: String(status), ...(headers?.["etag"] && { etag: headers["etag"] }) };
  if (status === 200) return `{"resource":${body},"response":${JSON.stringify(told)}}`;
  return JSON.stringify({ response: { ...told, outcome: outcomeIn(body) } });
}

function outcomeIn(body: string): OperationOutcome | undefined {
  return body.startsWith("{") ? (JSON.parse(body) as OperationOutcome) : undefined;
}
