import { webcrypto } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, exportJWK, importJWK, jwtVerify } from "jose";
import { expect, test } from "vitest";
import type { SignIn } from "./sign-in.ts";
import { client, failure, json, outcome, serve } from "./test-his.ts";

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
