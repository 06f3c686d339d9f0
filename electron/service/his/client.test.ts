import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { webcrypto } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, exportJWK, importJWK, jwtVerify } from "jose";
import { afterEach, expect, test } from "vitest";
import { createHisClient } from "./client.ts";
import type { HisClientOptions } from "./client.ts";
import { HisError } from "./failure.ts";
import type { HisFailure } from "./failure.ts";
import type { SignIn } from "./sign-in.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
}

function client(baseUrl: string, options: Partial<HisClientOptions> = {}) {
  let count = 0;
  return createHisClient({
    baseUrl,
    signIn: null,
    fetch,
    now: () => Date.UTC(2026, 0, 1),
    random: () => `jti-${(count += 1)}`,
    ...options,
  });
}

async function failure(call: Promise<unknown>): Promise<HisFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof HisError) return error.failure;
    throw error;
  }
  throw new Error("it succeeded");
}

const json = { "content-type": "application/fhir+json" };
const outcome = (text: string) =>
  JSON.stringify({
    resourceType: "OperationOutcome",
    issue: [{ severity: "error", code: "invalid", details: { text } }],
  });

test("an answer carries the HIS's own time and its bytes untouched", async () => {
  const base = await serve((_request, response) => {
    response
      .writeHead(200, { ...json, date: "Thu, 01 Jan 2026 10:00:00 GMT", etag: 'W/"3"' })
      .end('{"resourceType":"Patient" }');
  });
  const answer = await client(base).get("Patient/1");
  expect(new TextDecoder().decode(answer.bytes)).toBe('{"resourceType":"Patient" }');
  expect(answer).toMatchObject({ serverTime: "2026-01-01T10:00:00.000Z", etag: 'W/"3"' });
});

test.each([
  [503, { "retry-after": "120" }, "", { kind: "busy", retryAfterMs: 120_000 }],
  [
    429,
    { "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT" },
    "",
    { kind: "busy", retryAfterMs: 60_000 },
  ],
  [503, {}, "", { kind: "busy", retryAfterMs: null }],
  [401, json, outcome("who are you"), { kind: "refused", signIn: true, detail: "who are you" }],
  [
    403,
    json,
    outcome("not your ward"),
    { kind: "refused", signIn: false, detail: "not your ward" },
  ],
  [412, json, outcome("version 2"), { kind: "conflict", detail: "version 2" }],
  [404, json, outcome("no such"), { kind: "gone", status: 404 }],
  [410, json, outcome("deleted"), { kind: "gone", status: 410 }],
  [422, json, outcome("value missing"), { kind: "outcome", status: 422, detail: "value missing" }],
  [500, json, outcome("oops"), { kind: "outcome", status: 500 }],
  [404, { "content-type": "text/html" }, "<html>portal</html>", { kind: "not-fhir", status: 404 }],
  [200, { "content-type": "text/html" }, "<html>log in</html>", { kind: "not-fhir" }],
  [302, { location: "http://elsewhere.example/" }, "", { kind: "not-fhir" }],
] as const)(
  "a HIS that answers %i %j is told apart from the others",
  async (status, headers, body, expected) => {
    const base = await serve((_request, response) => response.writeHead(status, headers).end(body));
    expect(await failure(client(base).get("Patient"))).toMatchObject(expected);
  },
);

test("a HIS that is switched off is unreachable", async () => {
  expect(await failure(client("http://127.0.0.1:9/fhir").get("Patient"))).toMatchObject({
    kind: "unreachable",
  });
});

test("a HIS that stalls is given up at the deadline", async () => {
  const base = await serve((_request, response) => {
    response.writeHead(200, json);
    response.write("{");
  });
  expect(await failure(client(base, { deadlineMs: 80 }).get("Patient"))).toMatchObject({
    kind: "timeout",
  });
});

test("an answer cut short on the way is no answer", async () => {
  const base = await serve((_request, response) => {
    response.writeHead(200, { ...json, "content-length": "1000" });
    response.write('{"resourceType":"Bundle"');
    setTimeout(() => response.destroy(), 20);
  });
  expect(await failure(client(base).get("Patient"))).toMatchObject({ kind: "unreachable" });
});

test("an endless answer does not fill the workstation's memory", async () => {
  const base = await serve((_request, response) =>
    response.writeHead(200, json).end(Buffer.alloc(5000, " ")),
  );
  expect(await failure(client(base, { maxBytes: 4096 }).get("Patient"))).toMatchObject({
    kind: "not-fhir",
    detail: expect.stringContaining("4096"),
  });
});

test("an answer without the HIS's time is refused, because nothing may be shown without one", async () => {
  const base = await serve((_request, response) => {
    response.sendDate = false;
    response.writeHead(200, json).end("{}");
  });
  expect(await failure(client(base).get("Patient"))).toMatchObject({
    kind: "not-fhir",
    detail: expect.stringContaining("Date"),
  });
});

test("an entry that the HIS took counts as sent although its answer says no time", async () => {
  const base = await serve((_request, response) => {
    response.sendDate = false;
    response.writeHead(200, json).end("{}");
  });
  expect(await client(base).send("POST", "", "{}")).toMatchObject({
    status: 200,
    serverTime: null,
  });
});

test.each([
  "http://elsewhere.example/fhir/Patient?page=2",
  "/admin?page=2",
  "//elsewhere.example/fhir",
  "../secrets",
  "http://user:pw@127.0.0.1/fhir/x",
])("a next link to %s is never followed", async (link) => {
  let asked = 0;
  const base = await serve((_request, response) => {
    asked += 1;
    response.writeHead(200, json).end("{}");
  });
  expect(await failure(client(base).get(link))).toMatchObject({ kind: "not-fhir" });
  expect(asked).toBe(0);
});

test.each([
  ["without protection", "http://his.example/fhir/Patient?page=2"],
  ["at another host", "https://his.example.evil.example/fhir/Patient?page=2"],
  ["at another port", "https://his.example:8443/fhir/Patient?page=2"],
  ["beside the HIS", "https://his.example/fhir-admin/Patient"],
])("a HIS asked over TLS is not followed to a next link %s", async (_where, link) => {
  const asked: string[] = [];
  const his = createHisClient({
    baseUrl: "https://his.example/fhir",
    signIn: null,
    fetch: async (input) => {
      asked.push(input instanceof Request ? input.url : String(input));
      return new Response("{}", { headers: { ...json, date: new Date(0).toUTCString() } });
    },
    now: () => 0,
    random: () => "jti",
  });
  expect(await failure(his.get(link))).toMatchObject({ kind: "not-fhir" });
  expect(asked).toEqual([]);
  // Its own next page is.
  await his.get("https://his.example/fhir/Patient?page=2");
  expect(asked).toEqual(["https://his.example/fhir/Patient?page=2"]);
});

test("what a HIS says is shown as one bounded line", async () => {
  const base = await serve((_request, response) =>
    response.writeHead(422, json).end(outcome(`bad\n\u001b[31m${"x".repeat(2000)}`)),
  );
  const { detail } = await failure(client(base).get("Patient"));
  expect(detail).not.toMatch(/\p{Cc}/u);
  expect(detail.length).toBeLessThan(600);
});

interface Desk {
  readonly base: string;
  readonly assertions: string[];
  readonly asked: string[];
  /** `kid`: only that key; without, every one. */
  deny(error: string, kid?: string): void;
  forget(): void;
}

async function signInDesk(lifetime = 300): Promise<Desk> {
  const assertions: string[] = [];
  const asked: string[] = [];
  let denied: { error: string; kid: string | undefined } | null = null;
  let valid = "";
  const base = await serve((request, response) => {
    const url = request.url ?? "";
    if (url.endsWith("/.well-known/smart-configuration")) {
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ token_endpoint: `http://${request.headers.host}/token` }));
    } else if (url === "/token") {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        const assertion = new URLSearchParams(body).get("client_assertion") ?? "";
        assertions.push(assertion);
        const { kid } = decodeProtectedHeader(assertion);
        if (denied !== null && (denied.kid === undefined || denied.kid === kid)) {
          response
            .writeHead(401, { "content-type": "application/json" })
            .end(JSON.stringify({ error: denied.error, error_description: "not on the list" }));
          return;
        }
        valid = `token-${assertions.length}`;
        response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ access_token: valid, token_type: "Bearer", expires_in: lifetime }));
      });
    } else {
      asked.push(request.headers.authorization ?? "");
      if (request.headers.authorization === `Bearer ${valid}`)
        response.writeHead(200, json).end("{}");
      else response.writeHead(401, json).end(outcome("token expired"));
    }
  });
  return {
    base,
    assertions,
    asked,
    deny: (error, kid) => (denied = { error, kid }),
    forget: () => (valid = "gone"),
  };
}

async function keys() {
  return await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, [
    "sign",
    "verify",
  ]);
}

function signInWith(privateKey: webcrypto.CryptoKey, change: Partial<SignIn> = {}): SignIn {
  return {
    clientId: "pc",
    keys: () => [{ algorithm: "ES384", privateKey, thumbprint: "thumb" }],
    scope: "system/*.cruds",
    ...change,
  };
}

test("the workstation proves itself with a short-lived, one-time assertion made for this HIS only", async () => {
  const desk = await signInDesk();
  const pair = await keys();
  const signIn = signInWith(pair.privateKey, { clientId: "ward-7-pc-2" });
  const his = client(desk.base, { signIn, now: Date.now });
  await Promise.all([his.get("Patient"), his.get("Patient"), his.get("Patient")]);
  expect(desk.assertions).toHaveLength(1);
  const [assertion = ""] = desk.assertions;
  expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: "ES384", kid: "thumb" });
  const key = await importJWK(await exportJWK(pair.publicKey), "ES384");
  const tokenUrl = new URL("/token", desk.base).href;
  const { payload } = await jwtVerify(assertion, key, {
    audience: tokenUrl,
    issuer: "ward-7-pc-2",
    subject: "ward-7-pc-2",
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(300);
  desk.forget();
  await his.get("Patient");
  expect(decodeJwt(desk.assertions[1] ?? "").jti).not.toBe(payload.jti);
});

test("where the HIS takes no elliptic curves the workstation signs with RS384", async () => {
  const desk = await signInDesk();
  const pair = await webcrypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-384",
      modulusLength: 3072,
      publicExponent: Uint8Array.of(1, 0, 1),
    },
    true,
    ["sign", "verify"],
  );
  const key = { algorithm: "RS384", privateKey: pair.privateKey, thumbprint: "rsa" } as const;
  const signIn = signInWith(pair.privateKey, { keys: () => [key] });
  await client(desk.base, { signIn, now: Date.now }).get("Patient");
  const [assertion = ""] = desk.assertions;
  expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: "RS384", kid: "rsa" });
  await jwtVerify(assertion, pair.publicKey, { audience: new URL("/token", desk.base).href });
});

test("a workstation whose key was made new in the middle of a kill signs in with the next one", async () => {
  const desk = await signInDesk();
  desk.deny("invalid_client", "old");
  const { privateKey } = await keys();
  const key = (thumbprint: string) => ({ algorithm: "ES384", privateKey, thumbprint }) as const;
  const signIn = signInWith(privateKey, { keys: () => [key("old"), key("next")] });
  await client(desk.base, { signIn, now: Date.now }).get("Patient");
  expect(desk.assertions.map((assertion) => decodeProtectedHeader(assertion).kid)).toEqual([
    "old",
    "next",
  ]);
});

test("a token is renewed before it expires", async () => {
  const desk = await signInDesk(300);
  let now = Date.now();
  const signIn = signInWith((await keys()).privateKey);
  const his = client(desk.base, { signIn, now: () => now });
  await his.get("Patient");
  now += 279_000;
  await his.get("Patient");
  expect(desk.assertions).toHaveLength(1);
  now += 2_000;
  await his.get("Patient");
  expect(desk.assertions).toHaveLength(2);
});

test("a token the HIS has forgotten is replaced once, and the question asked again", async () => {
  const desk = await signInDesk();
  const signIn = signInWith((await keys()).privateKey);
  const his = client(desk.base, { signIn, now: Date.now });
  await his.get("Patient");
  desk.forget();
  await his.get("Patient");
  expect(desk.asked).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
});

test("a workstation struck off the list is refused, in the HIS's words", async () => {
  const desk = await signInDesk();
  desk.deny("invalid_client");
  const signIn = signInWith((await keys()).privateKey);
  const his = client(desk.base, { signIn, now: Date.now });
  expect(await failure(his.get("Patient"))).toEqual({
    kind: "refused",
    status: 401,
    signIn: true,
    detail: "invalid_client: not on the list",
  });
  expect(desk.asked).toEqual([]);
});

test("a sign-in address without TLS is refused when the records travel with it", async () => {
  const fetchStub = async () => Response.json({ token_endpoint: "http://127.0.0.1/token" });
  const signIn = signInWith((await keys()).privateKey);
  const his = client("https://his.example/fhir", { signIn, fetch: fetchStub });
  expect(await failure(his.get("Patient"))).toMatchObject({
    kind: "not-fhir",
    detail: expect.stringContaining("TLS"),
  });
});

test("the HIS's CapabilityStatement says what it can do with each type", async () => {
  const base = await serve((_request, response) =>
    response.writeHead(200, json).end(
      JSON.stringify({
        resourceType: "CapabilityStatement",
        fhirVersion: "4.0.1",
        rest: [
          {
            mode: "server",
            interaction: [{ code: "transaction" }],
            resource: [
              {
                type: "Observation",
                updateCreate: true,
                versioning: "versioned",
                searchParam: [{ name: "patient" }],
              },
            ],
          },
        ],
      }),
    ),
  );
  const capabilities = await client(base).capabilities();
  expect(capabilities.transaction).toBe(true);
  expect(capabilities.types.get("Observation")).toMatchObject({
    updateCreate: true,
    conditionalCreate: false,
    versioning: "versioned",
  });
});

test("a server that is no FHIR R4 server is not taken for the HIS", async () => {
  const base = await serve((_request, response) =>
    response.writeHead(200, json).end('{"status":"ok"}'),
  );
  expect(await failure(client(base).capabilities())).toMatchObject({ kind: "not-fhir" });
});
