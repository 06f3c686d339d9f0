import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { createHash, randomBytes } from "node:crypto";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import type { JWTPayload } from "jose";
import { afterEach, beforeAll, expect, test } from "vitest";
import { AppLaunchFailed, startAppLaunch } from "./app-launch.ts";
import type { AppLaunch, AppLaunchOptions } from "./app-launch.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let others: Awaited<ReturnType<typeof generateKeyPair>>;
beforeAll(async () => {
  keys = await generateKeyPair("ES256", { extractable: true });
  others = await generateKeyPair("ES256", { extractable: true });
});

/** What an authority can do wrong. */
interface Lies {
  readonly claims?: JWTPayload;
  readonly without?: readonly string[];
  readonly stranger?: boolean;
  readonly algorithm?: "none" | "HS256";
  readonly answer?: Record<string, string>;
  readonly issSupported?: boolean;
  readonly token?: { status: number; body: object };
  readonly challenges?: readonly string[];
}

const NOW = new Date("2026-11-20T10:00:00Z");
const seconds = (after = 0): number => NOW.getTime() / 1000 + after;
const CLIENT = "amanah-app";

/** A sign-in server that names whom it is told to: the demo HIS's real one is tried in `tools/his`. */
async function authority(lies: Lies = {}) {
  const asked: URLSearchParams[] = [];
  let launch = new URLSearchParams();
  const server = createServer((incoming, response) => {
    const origin = `http://${incoming.headers.host}`;
    const url = new URL(incoming.url ?? "/", origin);
    const json = (status: number, value: unknown): void =>
      void response
        .writeHead(status, { "content-type": "application/json", date: NOW.toUTCString() })
        .end(JSON.stringify(value));
    if (url.pathname === "/fhir/.well-known/smart-configuration")
      return json(200, {
        issuer: origin,
        jwks_uri: `${origin}/jwks`,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        code_challenge_methods_supported: lies.challenges ?? ["S256"],
        ...(lies.issSupported === true && {
          authorization_response_iss_parameter_supported: true,
        }),
      });
    if (url.pathname === "/authorize") {
      launch = url.searchParams;
      const back = new URL(launch.get("redirect_uri") ?? "");
      const answer = { code: "c-1", state: launch.get("state") ?? "", ...lies.answer };
      for (const [name, value] of Object.entries(answer))
        if (value !== "") back.searchParams.set(name, value);
      return void response.writeHead(303, { location: back.href }).end();
    }
    if (url.pathname === "/jwks")
      return void exportJWK(keys.publicKey).then((jwk) => json(200, { keys: [jwk] }));
    let body = "";
    incoming.on("data", (part: Buffer) => (body += part.toString()));
    incoming.on("end", () => {
      asked.push(new URLSearchParams(body));
      if (lies.token !== undefined) return json(lies.token.status, lies.token.body);
      void idToken(origin, launch, lies).then((token) => json(200, { id_token: token }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { baseUrl: `${origin}/fhir`, origin, asked };
}

async function idToken(origin: string, launch: URLSearchParams, lies: Lies): Promise<string> {
  const claims: JWTPayload = {
    iss: origin,
    aud: CLIENT,
    sub: "huda",
    nonce: launch.get("nonce"),
    iat: seconds(),
    exp: seconds(300),
    fhirUser: `${origin}/fhir/Practitioner/nurse-huda`,
    name: "Huda Salem",
    "name#ar": "هدى سالم",
    ...lies.claims,
  };
  for (const name of lies.without ?? []) delete claims[name];
  if (lies.algorithm === "none") {
    const part = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ alg: "none" })}.${part(claims)}.`;
  }
  if (lies.algorithm === "HS256") {
    const shared = createHash("sha256").update("guessed").digest();
    return await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(shared);
  }
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256" })
    .sign(lies.stranger === true ? others.privateKey : keys.privateKey);
}

async function launchAt(
  baseUrl: string,
  options: Partial<AppLaunchOptions> = {},
): Promise<AppLaunch> {
  const launch = await startAppLaunch({
    baseUrl,
    clientId: CLIENT,
    nonce: "of-these-keys",
    fetch,
    now: () => NOW,
    random: randomBytes,
    ...options,
  });
  closing.push(async () => launch.cancel());
  return launch;
}

/** A browser that follows the redirects; gives the page it ends at. */
const browse = (url: string): Promise<Response> => fetch(url, { redirect: "follow" });

async function problem(of: Promise<unknown>): Promise<string> {
  try {
    await of;
    return "none";
  } catch (error) {
    if (error instanceof AppLaunchFailed) return error.problem;
    throw error;
  }
}

test("she signs in at the HIS in the browser, and Amanah learns which practitioner she is", async () => {
  const his = await authority();
  const launch = await launchAt(his.baseUrl);
  const asked = new URL(launch.url).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: "code",
    scope: "openid fhirUser",
    aud: his.baseUrl,
    prompt: "login",
    nonce: "of-these-keys",
    code_challenge_method: "S256",
  });
  const page = await browse(launch.url);
  expect(page.status).toBe(200);
  expect(await launch.result).toMatchObject({
    practitioner: "nurse-huda",
    name: { en: "Huda Salem", ar: "هدى سالم" },
  });
  const [exchanged = new URLSearchParams()] = his.asked;
  const verifier = exchanged.get("code_verifier") ?? "";
  expect(createHash("sha256").update(verifier).digest("base64url")).toBe(
    asked.get("code_challenge"),
  );
  expect(verifier.length).toBeGreaterThanOrEqual(43);
  expect(exchanged.get("redirect_uri")).toBe(asked.get("redirect_uri"));
  expect(exchanged.has("client_secret")).toBe(false);
});

test("the page she comes back to speaks both languages, runs nothing and names nobody", async () => {
  const launch = await launchAt((await authority()).baseUrl);
  const page = await browse(launch.url);
  const text = await page.text();
  expect(text).toContain("go back to Amanah");
  expect(text).toContain("أمانة");
  expect(text).not.toMatch(/script|Huda/u);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("cache-control")).toBe("no-store");
});

test("every launch has a state, a verifier and a port of its own", async () => {
  const { baseUrl } = await authority();
  const urls = [await launchAt(baseUrl), await launchAt(baseUrl)].map(({ url }) => new URL(url));
  for (const name of ["state", "code_challenge", "redirect_uri"])
    expect(new Set(urls.map(({ searchParams }) => searchParams.get(name))).size).toBe(2);
});

test("an answer with a wrong state, to a wrong path or host, or by another method changes nothing", async () => {
  const launch = await launchAt((await authority()).baseUrl);
  const asked = new URL(launch.url).searchParams;
  const redirect = new URL(asked.get("redirect_uri") ?? "");
  const state = asked.get("state") ?? "";
  const send = (query: string, path = redirect.pathname, init: RequestInit = {}) =>
    fetch(`${redirect.origin}${path}?${query}`, init).then(({ status }) => status);
  expect(await send("code=stolen&state=guessed")).toBe(404);
  expect(await send("code=stolen")).toBe(404);
  expect(await send(`code=stolen&state=${state}&state=${state}`)).toBe(404);
  expect(await send(`code=stolen&state=${state}`, "/")).toBe(404);
  expect(await send(`code=stolen&state=${state}`, undefined, { method: "POST" })).toBe(404);
  const rebound = await new Promise<number | undefined>((resolve, reject) => {
    const target = `${redirect.href}?code=stolen&state=${state}`;
    request(target, { headers: { host: "evil.example" } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once("error", reject)
      .end();
  });
  expect(rebound).toBe(404);
  await browse(launch.url);
  expect((await launch.result).practitioner).toBe("nurse-huda");
});

test("nobody is listening any more once the answer came", async () => {
  const his = await authority();
  const launch = await launchAt(his.baseUrl);
  const back = (await browse(launch.url)).url;
  await launch.result;
  await expect(fetch(back)).rejects.toThrow("fetch failed");
  expect(his.asked).toHaveLength(1);
});

test.each([
  ["another authority's answer", { answer: { iss: "https://other.example" } }],
  ["an answer that hides who sent it", { issSupported: true }],
  ["her saying no at the HIS's page", { answer: { code: "", error: "access_denied" } }],
  [
    "a code that the HIS no longer takes",
    { token: { status: 400, body: { error: "invalid_grant" } } },
  ],
  ["a token answer without an id token", { token: { status: 200, body: { access_token: "x" } } }],
  ["an id token of another issuer", { claims: { iss: "https://other.example" } }],
  ["an id token for another app", { claims: { aud: "other-app" } }],
  [
    "an id token for several apps, issued to another",
    { claims: { aud: [CLIENT, "other"], azp: "other" } },
  ],
  ["an id token of another sign-in", { claims: { nonce: "of-other-keys" } }],
  ["an id token without a nonce", { without: ["nonce"] }],
  ["an expired id token", { claims: { iat: seconds(-900), exp: seconds(-600) } }],
  ["an id token that never expires", { without: ["exp"] }],
  ["an id token of this morning", { claims: { iat: seconds(-7200), exp: seconds(7200) } }],
  ["a browser that remembered a colleague", { claims: { auth_time: seconds(-3600) } }],
  ["an id token signed by somebody else", { stranger: true }],
  ["an id token signed by nobody", { algorithm: "none" }],
  ["an id token signed with a shared secret", { algorithm: "HS256" }],
] satisfies [string, Lies][])("%s signs nobody in", async (_name, lies) => {
  const launch = await launchAt((await authority(lies)).baseUrl);
  await browse(launch.url);
  expect(await problem(launch.result)).toBe("sign-in-refused");
});

test.each([
  ["a patient", { claims: { fhirUser: "Patient/1" } }],
  [
    "a practitioner of another HIS",
    { claims: { fhirUser: "https://other.example/fhir/Practitioner/1" } },
  ],
  ["nobody in particular", { without: ["fhirUser"] }],
] satisfies [string, Lies][])("the HIS's sign-in of %s enrols nobody", async (_name, lies) => {
  const launch = await launchAt((await authority(lies)).baseUrl);
  await browse(launch.url);
  expect(await problem(launch.result)).toBe("not-a-practitioner");
});

test("a PC whose clock is a year behind still signs people in: the HIS's time counts", async () => {
  const now = (): Date => new Date("2025-11-20T10:00:00Z");
  const launch = await launchAt((await authority()).baseUrl, { now });
  await browse(launch.url);
  expect((await launch.result).practitioner).toBe("nurse-huda");
});

test("when nobody signs in within the time, the listener goes away", async () => {
  const launch = await launchAt((await authority()).baseUrl, { deadlineMs: 50 });
  expect(await problem(launch.result)).toBe("sign-in-timeout");
  const redirect = new URL(launch.url).searchParams.get("redirect_uri") ?? "";
  await expect(fetch(redirect)).rejects.toThrow("fetch failed");
});

test("cancelled at the PC, the listener goes away", async () => {
  const launch = await launchAt((await authority()).baseUrl);
  launch.cancel();
  expect(await problem(launch.result)).toBe("cancelled");
  await expect(browse(launch.url)).rejects.toThrow("fetch failed");
});

test("with the HIS down the sign-in says so, and listens to nobody", async () => {
  expect(await problem(launchAt("http://127.0.0.1:9/fhir"))).toBe("his-unreachable");
});

test("a HIS that goes down while she signs in is said to be unreachable", async () => {
  const launch = await launchAt((await authority({ token: { status: 503, body: {} } })).baseUrl);
  await browse(launch.url);
  expect(await problem(launch.result)).toBe("his-unreachable");
});

test("a HIS that offers no proof key of its own for each sign-in is not used", async () => {
  const { baseUrl } = await authority({ challenges: ["plain"] });
  expect(await problem(launchAt(baseUrl))).toBe("sign-in-refused");
});
