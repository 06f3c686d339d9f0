import { randomUUID, webcrypto } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyStatement } from "../../electron/service/vault/index.ts";
import { Join, PublicEcJwk, RosterEntry, STATEMENT_JWS_URL } from "../../shared/trust/index.ts";
import { startHis } from "./his.ts";
import type { His } from "./his-types.ts";
import { QUICK_KDF, joinWorkstation } from "./test-workstation.ts";
import type { TestWorkstation } from "./test-workstation.ts";

let folder: string;
let his: His;
let pc: TestWorkstation;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "his-"));
  his = await startHis({ dataDir: folder, beds: 8, kdf: QUICK_KDF });
  pc = await joinWorkstation(his);
});
afterAll(async () => {
  await his.close();
  rmSync(folder, { recursive: true });
});

async function control(
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${his.controlUrl}/control/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}
function vitals(id: string): RequestInit {
  return {
    method: "PUT",
    body: JSON.stringify({
      resourceType: "Observation",
      id,
      status: "final",
      identifier: [{ system: "urn:amanah:act", value: id }],
      code: { text: "pulse" },
    }),
  };
}

test("without a workstation's token only the statement of what the server can do is readable", async () => {
  expect((await fetch(`${his.baseUrl}/Patient`)).status).toBe(401);
  expect(
    (await fetch(`${his.baseUrl}/Patient`, { headers: { authorization: "Bearer made-up" } }))
      .status,
  ).toBe(401);
  expect((await fetch(`${his.baseUrl}/metadata`)).status).toBe(200);
  const smart = (await (
    await fetch(`${his.baseUrl}/.well-known/smart-configuration`)
  ).json()) as Record<string, unknown>;
  expect(smart["token_endpoint"]).toBe(his.tokenUrl);
  expect(smart["token_endpoint_auth_signing_alg_values_supported"]).toEqual(["ES384", "RS384"]);
});

test("a workstation's token lives five minutes at most", async () => {
  const answer = (await (await pc.token(await pc.assertion())).json()) as {
    expires_in: number;
    token_type: string;
  };
  expect(answer.expires_in).toBeLessThanOrEqual(300);
  expect(answer.token_type).toBe("Bearer");
});

test("a token that was asked for reading only writes nothing", async () => {
  const answer = await pc.token(await pc.assertion(), "system/*.rs");
  const { access_token: bearer } = (await answer.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/fhir+json" };
  const id = randomUUID();
  expect((await fetch(`${his.baseUrl}/Patient?_count=1`, { headers })).status).toBe(200);
  expect((await fetch(`${his.baseUrl}/Observation/${id}`, { ...vitals(id), headers })).status).toBe(
    403,
  );
  expect(his.countObservationsByAct(id)).toBe(0);
});

test("a forged, replayed, misdirected, over-long or stranger's assertion gets no token", async () => {
  const other = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, false, [
    "sign",
    "verify",
  ]);
  const jti = randomUUID();
  expect((await pc.token(await pc.assertion({ jti }))).status).toBe(200);
  const refused = await Promise.all([
    pc.token(await pc.assertion({ key: other.privateKey })),
    pc.token(await pc.assertion({ jti })),
    pc.token(await pc.assertion({ audience: new URL(his.baseUrl).origin })),
    pc.token(await pc.assertion({ audience: "https://other.example/token" })),
    pc.token(await pc.assertion({ seconds: 3600 })),
    pc.token(await pc.assertion({ seconds: -60 })),
    pc.token(await pc.assertion({ subject: "pc-nobody-knows" })),
  ]);
  expect(refused.map(({ ok }) => ok)).toEqual(refused.map(() => false));
});

test("a workstation with an RSA key signs in with RS384, and with no weaker algorithm of the same key", async () => {
  const rsa = await joinWorkstation(his, "rsa-pc", "RS384");
  expect((await rsa.fetch("Patient?_count=1")).status).toBe(200);
  const weaker = await webcrypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
    },
    false,
    ["sign", "verify"],
  );
  const jti = randomUUID();
  expect((await rsa.token(await rsa.assertion({ jti }))).status).toBe(200);
  const refused = await Promise.all([
    rsa.token(await rsa.assertion({ jti })),
    rsa.token(await rsa.assertion({ key: weaker.privateKey, algorithm: "RS256" })),
    rsa.token(await rsa.assertion({ seconds: 3600 })),
  ]);
  expect(refused.map(({ ok }) => ok)).toEqual([false, false, false]);
});

test("a join code works once, for its own workstation, and the statement is signed by the control key", async () => {
  const policy = his.policyFor("ward-pc-7") as {
    trust: { controlKey: PublicEcJwk };
    join: { code: string };
    wards: string[];
  };
  const request = {
    workstation: "ward-pc-7",
    key: pc.publicKey,
    box: Buffer.from(webcrypto.getRandomValues(new Uint8Array(32))).toString("base64url"),
    code: policy.join.code,
  };
  const ask = (change: object): Promise<Response> =>
    fetch(his.joinUrl, { method: "POST", body: JSON.stringify({ ...request, ...change }) });
  expect((await ask({ workstation: "ward-pc-8" })).status).toBe(403);
  expect((await ask({ code: "not-a-code-at-all" })).status).toBe(403);
  const { statement } = (await (await ask({})).json()) as { statement: string };
  const payload = await verifyStatement(statement, {
    controlKey: PublicEcJwk.parse(policy.trust.controlKey),
    site: "amanah-demo",
    now: new Date(),
  });
  expect(Join.parse(payload.body).workstation).toBe("ward-pc-7");
  const stranger = await webcrypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-384" },
    true,
    ["sign", "verify"],
  );
  const { kty, crv, x, y } = await webcrypto.subtle.exportKey("jwk", stranger.publicKey);
  expect((await ask({ key: { kty, crv, x, y } })).status).toBe(403);
});

test("every demo clinician is on the roster with her wards, in both languages", async () => {
  const { body } = await pc.json("Basic?code=urn:amanah:statement|roster-entry&_count=100");
  const carriers = (
    body["entry"] as { resource: { extension: { url: string; valueString: string }[] } }[]
  ).map(
    ({ resource }) =>
      resource.extension.find(({ url }) => url === STATEMENT_JWS_URL)?.valueString ?? "",
  );
  const entries = carriers.map((jws) =>
    RosterEntry.parse(
      (
        JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()) as {
          body: unknown;
        }
      ).body,
    ),
  );
  expect(entries.map(({ clinician }) => clinician).toSorted()).toEqual(
    his.people.map(({ id }) => id).toSorted(),
  );
  for (const entry of entries) expect(entry.wards).toEqual(his.wards.map(({ id }) => id));
});

test("in an outage every ward connection dies, and the control desk still answers", async () => {
  const slow = pc.fetch("Observation?_count=10");
  await slow;
  expect((await control("switches", { outage: true })).status).toBe(200);
  await expect(pc.fetch("Patient")).rejects.toThrow("fetch failed");
  await expect(fetch(`${his.baseUrl}/metadata`)).rejects.toThrow("fetch failed");
  await expect(fetch(his.tokenUrl, { method: "POST" })).rejects.toThrow("fetch failed");
  await expect(fetch(his.joinUrl, { method: "POST" })).rejects.toThrow("fetch failed");
  expect(await (await fetch(`${his.controlUrl}/control/state`)).json()).toMatchObject({
    switches: { outage: true },
  });
  await control("switches", { outage: false });
  expect((await pc.fetch("Patient?_count=1")).status).toBe(200);
});

test("a request that was under way when the outage began never gets its answer", async () => {
  his.switches.set({ latencyMs: 60 });
  const id = randomUUID();
  const late = pc.fetch(`Observation/${id}`, vitals(id)).then(() => "answered", String);
  await expect.poll(() => his.counters().inFlight, { interval: 5 }).toBeGreaterThan(0);
  his.switches.set({ outage: true, latencyMs: 0 });
  expect(await late).toContain("fetch failed");
  his.switches.set({ outage: false });
});

test("a write can be carried out and its answer lost, the case in which a client must not simply send again", async () => {
  const id = randomUUID();
  his.switches.set({ loseAnswers: true });
  await expect(pc.fetch(`Observation/${id}`, vitals(id))).rejects.toThrow("fetch failed");
  expect((await pc.fetch(`Observation/${id}`)).status).toBe(200);
  his.switches.set({ loseAnswers: false });
  expect(his.countObservationsByAct(id)).toBe(1);
});

test("refused client ids, random errors and garbage can be switched on and off", async () => {
  const id = randomUUID();
  await control("switches", { refuseClientIds: true });
  expect((await pc.fetch(`Observation/${id}`, vitals(id))).status).toBe(404);
  await control("switches", { refuseClientIds: false, errorRate: 1 });
  const busy = await pc.fetch("Patient");
  expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "1"]);
  await control("switches", { errorRate: 0, garbage: "html" });
  expect((await pc.fetch("Patient")).headers.get("content-type")).toContain("text/html");
  await control("switches", { garbage: "truncated" });
  const cut = await (await pc.fetch("Patient")).text();
  expect(() => JSON.parse(cut) as unknown).toThrow(SyntaxError);
  await control("switches", { garbage: null });
  expect((await pc.fetch(`Observation/${id}`, vitals(id))).status).toBe(201);
  expect(his.countObservationsByAct(id)).toBe(1);
  expect(his.acts()).toContainEqual(expect.objectContaining({ uuid: id }));
  expect((await control("switches", { outage: "perhaps" })).status).toBe(400);
});

test("IT's desk makes an envelope, speaks a code for a PC's challenge, and signs an order", async () => {
  const asked = async (path: string, body: object) =>
    (await (await control(path, body)).json()) as Record<string, string>;
  const ward = his.wards[0]?.id ?? "";
  const { code } = await asked("envelope", { ward });
  expect(code?.replaceAll(/[^0-9A-Z]/gu, "").length).toBeGreaterThanOrEqual(16);
  const found = (await pc.json("Basic?code=urn:amanah:statement|envelope")).body;
  expect(JSON.stringify(found)).toContain(ward);
  expect(JSON.stringify(found)).not.toContain(code);
  const challenge = { workstation: "test-pc", purpose: "unseal", challenge: "12345678" };
  const spoken = await asked("spoken-code", challenge);
  expect(spoken).toEqual(await asked("spoken-code", challenge));
  expect(await asked("spoken-code", { ...challenge, purpose: "extend" })).not.toEqual(spoken);
  const order = { workstation: "test-pc", sealed: true, reason: "lost for a day" };
  const { statement } = await asked("issue", { kind: "seal", subject: "test-pc", body: order });
  const seals = (await pc.json("Basic?code=urn:amanah:statement|seal")).body;
  expect(JSON.stringify(seals)).toContain(statement);
});

test("IT's desk gives somebody another badge and fewer wards; her keys and name stay", async () => {
  const entry = async (): Promise<Record<string, unknown>> => {
    const carried = JSON.stringify(
      (await pc.json("Basic?code=urn:amanah:statement|roster-entry&_count=100")).body,
    );
    const bodies = [...carried.matchAll(/"[\w-]+\.([\w-]+)\.[\w-]+"/gu)].map(
      ([, payload = ""]) =>
        (JSON.parse(Buffer.from(payload, "base64url").toString()) as { body: object }).body,
    );
    return bodies.find((one) => "clinician" in one && one.clinician === "nurse-yusuf") as never;
  };
  const before = await entry();
  const change = { badges: [{ uid: "04ffee" }], wards: ["ward-9"] };
  await control("entry", { clinician: "nurse-yusuf", change });
  expect(await entry()).toEqual({ ...before, ...change });
  expect((await control("entry", { clinician: "nobody", change })).status).toBe(500);
});

test("the control desk takes no orders from a web page elsewhere", async () => {
  const plain = await fetch(`${his.controlUrl}/control/switches`, {
    method: "POST",
    body: `{"outage":true}`,
  });
  expect(plain.status).toBe(415);
  expect(his.switches.get().outage).toBe(false);
});

test("an allergy is changed behind everyone's back: refuted, then unreadable, then gone", async () => {
  const allergy = his.patients().flatMap(({ allergies }) => allergies)[0];
  expect(allergy).toBeDefined();
  const path = `AllergyIntolerance/${allergy?.id}`;
  await control("allergy", { id: allergy?.id, change: "refute" });
  expect(JSON.stringify((await pc.json(path)).body["verificationStatus"])).toContain("refuted");
  await control("allergy", { id: allergy?.id, change: "invalid" });
  const unreadable = (await pc.json(path)).body;
  expect(typeof unreadable["code"]).toBe("string");
  expect(unreadable["meta"]).toMatchObject({ versionId: "3" });
  await control("allergy", { id: allergy?.id, change: "remove" });
  expect((await pc.fetch(path)).status).toBe(410);
});

test("a HIS started again over its folder keeps charting, statements, keys and workstations", async () => {
  const own = mkdtempSync(join(tmpdir(), "his-again-"));
  const first = await startHis({ dataDir: own, beds: 2, kdf: QUICK_KDF });
  const before = await joinWorkstation(first);
  const id = randomUUID();
  await before.fetch(`Observation/${id}`, vitals(id));
  const { resources } = first;
  const policy = first.policyFor("test-pc") as { trust: object };
  const roster = (await before.json("Basic?code=urn:amanah:statement|roster-entry")).body["entry"];
  await first.close();

  const second = await startHis({ dataDir: own, kdf: QUICK_KDF });
  expect(second.baseUrl).toBe(first.baseUrl);
  expect(second.resources).toBe(resources + 1);
  expect(second.countObservationsByAct(id)).toBe(1);
  expect((second.policyFor("test-pc") as { trust: object }).trust).toEqual(policy.trust);
  expect((await before.json("Basic?code=urn:amanah:statement|roster-entry")).body["entry"]).toEqual(
    roster,
  );
  expect((await before.token(await before.assertion())).status).toBe(200);
  await second.close();
  rmSync(own, { recursive: true });
});
