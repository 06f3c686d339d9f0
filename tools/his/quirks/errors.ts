import type { Answer } from "../http.ts";
import type { Quirk } from "./quirk.ts";

function errors(rewrite: (answer: Answer) => Answer): Quirk {
  return {
    wrap: (inner) => async (request) => {
      const answer = await inner(request);
      return answer.status >= 400 ? rewrite(answer) : answer;
    },
  };
}

/** Errors are OperationOutcomes in XML, whatever was asked for. */
export const xmlErrors = errors((answer) => ({
  ...answer,
  type: "application/fhir+xml; charset=utf-8",
  body: `<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="processing"/></issue></OperationOutcome>`,
}));

/** Errors are the web server's own HTML page. */
export const htmlErrors = errors((answer) => ({
  ...answer,
  type: "text/html; charset=utf-8",
  body: `<!doctype html><title>Error ${answer.status}</title><h1>HTTP status ${answer.status}</h1>`,
}));
