import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { FhirResource } from "../../shared/fhir/index.ts";
import { StatementKind } from "../../shared/trust/index.ts";
import { AllergyChange } from "./allergy-change.ts";
import { CONTROL_PAGE, CONTROL_SCRIPT, CONTROL_STYLE } from "./control-page.ts";
import { EntryChange } from "./enrolment.ts";
import { json, readBody, send } from "./http.ts";
import type { Answer } from "./http.ts";
import { SwitchChange } from "./switches.ts";

/** What the control port can do; the HIS gives it. */
export interface Controls {
  state(): object;
  setSwitches(change: SwitchChange): object;
  /** Patients in beds with their allergies, for picking one. */
  patients(): object;
  changeAllergy(input: z.infer<typeof AllergyRequest>): Promise<object>;
  /** The same by somebody at the HIS's own screen: signed, unless the switch says otherwise. */
  chart(input: z.infer<typeof ChartRequest>): Promise<object>;
  /** The HIS's signing key is in wrong hands since then; null: it is the HIS's own again. */
  revokeSigner(from: Date | null): Promise<object>;
  /** A resource as the HIS would hold it, with its own id. */
  put(resource: z.infer<typeof FhirResource>): Promise<object>;
  /** A resource as the HIS holds it now; null: it does not. */
  read(type: string, id: string): object | null;
  /** The backup of so many minutes ago takes the place of what is held now. */
  restore(minutes: number): Promise<object>;
  joinCode(workstation: string | undefined): object;
  /** What somebody at the enrolment desk decided about a request that waits. */
  decide(id: string, yes: boolean): Promise<object>;
  policy(workstation: string): object;
  /** The control key says so: any statement, put where workstations look. */
  issue(input: z.infer<typeof IssueRequest>): Promise<object>;
  changeEntry(input: z.infer<typeof EntryRequest>): Promise<object>;
  envelope(ward: string): Promise<object>;
  spokenCode(input: z.infer<typeof SpokenRequest>): object;
}

const AllergyRequest = z.object({
  id: z.string(),
  change: AllergyChange,
  toPatient: z.string().optional(),
});
const ChartRequest = AllergyRequest.extend({ by: z.string().min(1) });
const IssueRequest = z.object({ kind: StatementKind, subject: z.string(), body: z.unknown() });
const EntryRequest = z.object({ clinician: z.string(), change: EntryChange });
const EnvelopeRequest = z.object({ ward: z.string() });
const SpokenRequest = z.object({
  workstation: z.string(),
  purpose: z.enum(["extend", "unseal"]),
  challenge: z.string(),
});
const DecisionRequest = z.object({ id: z.uuid(), approve: z.boolean() });
const SignerRequest = z.object({ stolenSince: z.iso.datetime({ offset: true }).nullable() });
const RestoreRequest = z.object({ minutes: z.number().min(0) });
const CodeRequest = z.object({ workstation: z.string().optional() });

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** The demo's control desk, on a port of its own so that it works while the HIS plays dead. Loopback only. */
export function controlRequests(
  controls: Controls,
): (request: IncomingMessage, response: ServerResponse) => void {
  async function answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? "/", "http://control.invalid");
    // SECURITY: a web page elsewhere must not throw the switches: no foreign Host (DNS rebinding), no plain form posts.
    const host = (request.headers.host ?? "").replace(/:\d+$/u, "");
    if (host !== "127.0.0.1" && host !== "localhost") return json(403, { error: "Loopback only" });
    if (request.method === "GET") return get(url);
    if (request.method !== "POST") return json(405, { error: "GET or POST" });
    if (!String(request.headers["content-type"]).startsWith("application/json"))
      return json(415, { error: "JSON only" });
    return post(url, JSON.parse((await readBody(request)) || "{}"));
  }
  function get(url: URL): Answer {
    switch (url.pathname) {
      case "/":
        return {
          status: 200,
          type: "text/html; charset=utf-8",
          body: CONTROL_PAGE,
          headers: { "content-security-policy": CSP },
        };
      case "/control.js":
        return { status: 200, type: "text/javascript; charset=utf-8", body: CONTROL_SCRIPT };
      case "/control.css":
        return { status: 200, type: "text/css; charset=utf-8", body: CONTROL_STYLE };
      case "/control/state":
        return json(200, controls.state());
      case "/control/patients":
        return json(200, controls.patients());
      case "/control/resource": {
        const { searchParams: asked } = url;
        const found = controls.read(asked.get("type") ?? "", asked.get("id") ?? "");
        return found === null ? json(404, { error: "Not here" }) : json(200, found);
      }
      case "/control/policy":
        return json(200, controls.policy(url.searchParams.get("workstation") ?? "demo-pc"));
      default:
        return json(404, { error: "Nothing here" });
    }
  }
  async function post(url: URL, body: unknown): Promise<Answer> {
    switch (url.pathname) {
      case "/control/switches":
        return json(200, controls.setSwitches(SwitchChange.parse(body)));
      case "/control/allergy":
        return json(200, await controls.changeAllergy(AllergyRequest.parse(body)));
      case "/control/chart":
        return json(200, await controls.chart(ChartRequest.parse(body)));
      case "/control/signer": {
        const { stolenSince } = SignerRequest.parse(body);
        const from = stolenSince === null ? null : new Date(stolenSince);
        return json(200, await controls.revokeSigner(from));
      }
      case "/control/put":
        return json(200, await controls.put(FhirResource.parse(body)));
      case "/control/enrolment": {
        const { id, approve } = DecisionRequest.parse(body);
        return json(200, await controls.decide(id, approve));
      }
      case "/control/issue":
        return json(200, await controls.issue(IssueRequest.parse(body)));
      case "/control/entry":
        return json(200, await controls.changeEntry(EntryRequest.parse(body)));
      case "/control/envelope":
        return json(200, await controls.envelope(EnvelopeRequest.parse(body).ward));
      case "/control/restore":
        return json(200, await controls.restore(RestoreRequest.parse(body).minutes));
      case "/control/spoken-code":
        return json(200, controls.spokenCode(SpokenRequest.parse(body)));
      case "/control/join-code":
        return json(200, controls.joinCode(CodeRequest.parse(body).workstation));
      default:
        return json(404, { error: "Nothing here" });
    }
  }
  return (request, response) => {
    answer(request)
      .catch((error: unknown) =>
        json(error instanceof z.ZodError || error instanceof SyntaxError ? 400 : 500, {
          error: String(error),
        }),
      )
      .then((result) => send(request, response, result))
      .catch(() => response.destroy());
  };
}
