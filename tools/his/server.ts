import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { JoinRequest } from "../../shared/trust/index.ts";
import type { EnrolDesk } from "./enrol-desk.ts";
import type { FhirRequestIn } from "./fhir-api.ts";
import { BodyTooLarge, json, readBody, send } from "./http.ts";
import type { Answer } from "./http.ts";
import { outcomeAnswer } from "./outcomes.ts";
import type { SignIn } from "./sign-in.ts";
import type { Switches } from "./switches.ts";

/** Requests answered since the start, for tests and the control page. */
export interface Counters {
  requests: number;
  /** By method and type, e.g. `GET Observation`. */
  byType: Record<string, number>;
  refused: number;
  /** Being answered now. */
  inFlight: number;
}

export interface HisServerOptions {
  readonly fhir: (request: FhirRequestIn) => Promise<Answer>;
  readonly signIn: SignIn;
  /** Gives the join statement's JWS, or null when the code is not good. */
  readonly join: (request: JoinRequest) => Promise<string | null>;
  /** The enrolment desk: a request sent, one asked about, a workstation's next key. */
  readonly enrol: EnrolDesk;
  readonly rotateKey: (body: unknown) => Promise<Answer>;
  readonly switches: () => Switches;
  readonly counters: Counters;
  readonly now: () => number;
  readonly random: () => number;
}

const FHIR = "/fhir";
/** What a captive portal says to whatever it is asked. */
const SIGN_IN_PAGE: Answer = {
  status: 200,
  type: "text/html",
  body: "<!doctype html><title>Proxy</title><p>Please sign in to the network.",
};

/** The HIS's face to the ward: FHIR, token and join on one port. */
export function hisRequests(
  options: HisServerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { switches, counters, signIn } = options;

  async function fhir(request: IncomingMessage, url: URL): Promise<Answer> {
    const path = url.pathname.slice(FHIR.length).replace(/^\/|\/$/gu, "");
    const body = await readBody(request);
    if (path === ".well-known/smart-configuration") return json(200, signIn.smartConfiguration);
    const access = path === "metadata" ? null : await signIn.access(request.headers.authorization);
    if (path !== "metadata" && access === null) {
      counters.refused += 1;
      const wanted = { "www-authenticate": `Bearer realm="his"` };
      return outcomeAnswer(401, "login", "A valid access token is needed", wanted);
    }
    if (!isRead(request, path) && access?.mayWrite !== true)
      return outcomeAnswer(403, "forbidden", "The access token allows reading only");
    const { garbage } = switches();
    if (garbage === "html") return SIGN_IN_PAGE;
    const answer = await options.fhir({
      method: request.method ?? "GET",
      path: decodeURIComponent(path),
      query: url.searchParams,
      headers: request.headers,
      body,
    });
    return garbage === "truncated"
      ? { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length * 0.6)) }
      : answer;
  }

  async function join(request: IncomingMessage): Promise<Answer> {
    if (request.method !== "POST") return json(405, { error: "POST only" });
    const parsed = JoinRequest.safeParse(parseJson(await readBody(request)));
    if (!parsed.success)
      return json(400, {
        error: "Not a join request",
        detail: parsed.error.issues.map((i) => i.path.join(".")),
      });
    const statement = await options.join(parsed.data);
    return statement === null
      ? json(403, { error: "This code is unknown, used or made for another workstation" })
      : json(200, { statement });
  }

  async function enrol(request: IncomingMessage, id: string | undefined): Promise<Answer> {
    if (request.method === "POST" && id === undefined)
      return options.enrol.take(parseJson(await readBody(request)));
    if (request.method === "GET" && id !== undefined) return options.enrol.ask(id);
    return json(405, { error: "POST a request, or GET one by its id" });
  }

  async function rotateKey(request: IncomingMessage): Promise<Answer> {
    if (request.method !== "POST") return json(405, { error: "POST only" });
    return options.rotateKey(parseJson(await readBody(request)));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { outage, latencyMs, errorRate, loseAnswers, captivePortal } = switches();
    if (outage) return void request.socket.destroy();
    if (latencyMs > 0) await delay(latencyMs);
    if (captivePortal) return await send(request, response, SIGN_IN_PAGE);
    const url = new URL(request.url ?? "/", "http://his.invalid");
    const isFhir = url.pathname.startsWith(`${FHIR}/`);
    const [, room = "", id] = url.pathname.split("/");
    counters.requests += 1;
    const counted = `${request.method} ${isFhir ? (id ?? "") : `/${room}`}`;
    counters.byType[counted] = (counters.byType[counted] ?? 0) + 1;
    response.setHeader("date", new Date(options.now()).toUTCString());
    if (url.pathname.startsWith("/oidc/") || url.pathname === "/.well-known/openid-configuration")
      return signIn.handle(request, response);
    let result: Answer;
    if (errorRate > 0 && options.random() < errorRate)
      result = outcomeAnswer(503, "transient", "The server is busy", { "retry-after": "1" });
    else if (isFhir) result = await fhir(request, url);
    else if (url.pathname === "/join") result = await join(request);
    else if (room === "enrol") result = await enrol(request, id);
    else if (url.pathname === "/rotate-key") result = await rotateKey(request);
    else result = json(404, { error: "Nothing here" });
    // The network may have died while this was worked out; then nobody hears of it.
    const lost = loseAnswers && isFhir && !isRead(request, url.pathname);
    if (lost || switches().outage) return void request.socket.destroy();
    await send(request, response, result);
  }

  return (request, response) => {
    counters.inFlight += 1;
    response.once("close", () => {
      counters.inFlight -= 1;
    });
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      const tooLarge = error instanceof BodyTooLarge;
      void send(
        request,
        response,
        outcomeAnswer(tooLarge ? 413 : 500, tooLarge ? "too-long" : "exception", String(error)),
      );
    });
  };
}

function isRead(request: IncomingMessage, path: string): boolean {
  return ["GET", "HEAD"].includes(request.method ?? "") || path.endsWith("/_search");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Listens on 127.0.0.1. With a `wanted` port that is taken: throws when it was `required`, else takes any free one.
 */
export async function listen(server: Server, wanted: number, required: boolean): Promise<number> {
  const attempt = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  try {
    await attempt(wanted);
  } catch (error) {
    if (required || wanted === 0) throw error;
    await attempt(0);
  }
  return (server.address() as AddressInfo).port;
}

/** Stops a server at once, open connections included. */
export async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** A server whose connections are cut the moment they are made while `dead()`: as if the cable were out. */
export function cuttableServer(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  dead: () => boolean,
): Server {
  const server = createServer({ keepAliveTimeout: 65_000 }, handler);
  server.on("connection", (socket) => {
    if (dead()) socket.destroy();
  });
  return server;
}
