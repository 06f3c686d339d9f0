import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppLaunchFailed, startAppLaunch } from "../../electron/service/his/index.ts";
import type { AppLaunch } from "../../electron/service/his/index.ts";
import { openBrowser } from "./browser.ts";
import type { Browser, Page } from "./browser.ts";
import { startHis } from "./his.ts";
import type { His } from "./his-types.ts";
import { DEMO_PASSWORD } from "./login-page.ts";
import { APP_CLIENT } from "./sign-in.ts";
import { QUICK_KDF } from "./test-workstation.ts";

let folder: string;
let his: His;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "his-"));
  his = await startHis({ dataDir: folder, beds: 4, kdf: QUICK_KDF });
});
afterAll(async () => {
  await his.close();
  rmSync(folder, { recursive: true });
});

function launch(change: { baseUrl?: string; clientId?: string } = {}): Promise<AppLaunch> {
  return startAppLaunch({
    baseUrl: his.baseUrl,
    clientId: APP_CLIENT,
    nonce: randomBytes(32).toString("base64url"),
    fetch,
    now: () => new Date(),
    random: randomBytes,
    ...change,
  });
}

const signInAs = (browser: Browser, account: string, password = DEMO_PASSWORD): Promise<Page> =>
  browser.submit({ account, password, answer: "sign-in" });

async function problem(of: Promise<unknown>): Promise<string> {
  try {
    await of;
    return "none";
  } catch (error) {
    if (error instanceof AppLaunchFailed) return error.problem;
    throw error;
  }
}

test("a nurse signs in at the HIS's own page and Amanah learns who she is, in both languages", async () => {
  const started = await launch();
  const browser = openBrowser();
  const form = await browser.open(started.url);
  expect(form.status).toBe(200);
  expect(form.text).toContain("Salma Al-Harbi · سلمى الحربي");
  const page = await signInAs(browser, "nurse-salma");
  expect(page.text).toContain("go back to Amanah");
  expect(await started.result).toMatchObject({
    practitioner: "nurse-salma",
    name: { en: "Salma Al-Harbi", ar: "سلمى الحربي" },
  });
});

test("a wrong password signs nobody in, and may be corrected", async () => {
  const started = await launch();
  const browser = openBrowser();
  await browser.open(started.url);
  expect(await signInAs(browser, "nurse-salma", "guessed")).toMatchObject({ status: 401 });
  await signInAs(browser, "nurse-salma");
  expect((await started.result).practitioner).toBe("nurse-salma");
});

test("a browser that remembers a colleague still asks who sits there now", async () => {
  const browser = openBrowser();
  const first = await launch();
  await browser.open(first.url);
  await signInAs(browser, "nurse-salma");
  await first.result;
  const second = await launch();
  expect((await browser.open(second.url)).text).toContain("<form");
  await signInAs(browser, "doctor-omar");
  expect((await second.result).practitioner).toBe("doctor-omar");
});

test("she cancels at the HIS's page: the sign-in is refused, and nothing is left waiting", async () => {
  const started = await launch();
  const browser = openBrowser();
  await browser.open(started.url);
  await browser.submit({ answer: "cancel" });
  expect(await problem(started.result)).toBe("sign-in-refused");
});

test("a patient of the portal is no practitioner", async () => {
  const started = await launch();
  const browser = openBrowser();
  await browser.open(started.url);
  await signInAs(browser, "portal-user");
  expect(await problem(started.result)).toBe("not-a-practitioner");
});

test("the HIS goes down while she signs in", async () => {
  const started = await launch();
  const browser = openBrowser();
  await browser.open(started.url);
  his.switches.set({ outage: true });
  try {
    await expect(signInAs(browser, "nurse-salma")).rejects.toThrow("fetch failed");
    started.cancel();
    expect(await problem(started.result)).toBe("cancelled");
    expect(await problem(launch())).toBe("his-unreachable");
  } finally {
    his.switches.set({ outage: false });
  }
});

/** Signs in without the app, as a program that got hold of the browser could: where the HIS sends the browser then. */
async function sentTo(change: Record<string, string> = {}): Promise<URL> {
  const asked = new URL(`${new URL(his.baseUrl).origin}/oidc/auth`);
  const usual = {
    response_type: "code",
    client_id: APP_CLIENT,
    redirect_uri: REDIRECT,
    scope: "openid fhirUser",
    state: "s",
    nonce: "n",
    aud: his.baseUrl,
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
    prompt: "login",
  };
  for (const [name, value] of Object.entries({ ...usual, ...change }))
    if (value !== "") asked.searchParams.set(name, value);
  const browser = openBrowser(({ port }) => port === "54321");
  const page = await browser.open(asked.href);
  return new URL(
    page.text.includes("<form") ? (await signInAs(browser, "nurse-salma")).url : page.url,
  );
}
const REDIRECT = "http://127.0.0.1:54321/amanah/signed-in";
const VERIFIER = "a-verifier-of-at-least-forty-three-characters-00";

function exchange(code: string, change: Record<string, string> = {}): Promise<number> {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: APP_CLIENT,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    code,
    ...change,
  });
  return fetch(his.tokenUrl, { method: "POST", body }).then(({ status }) => status);
}

test("the HIS takes a code once, from who asked for it, and names itself in the answer", async () => {
  const back = (await sentTo()).searchParams;
  expect(back.get("iss")).toBe(new URL(his.baseUrl).origin);
  const code = back.get("code") ?? "";
  expect(await exchange(code)).toBe(200);
  expect(await exchange(code)).toBe(400);
  for (const change of [
    { code_verifier: VERIFIER.toUpperCase() },
    { redirect_uri: "http://127.0.0.1:54322/amanah/signed-in" },
    { client_id: "other-app" },
  ]) {
    const other = (await sentTo()).searchParams.get("code") ?? "";
    expect(await exchange(other, change)).not.toBe(200);
  }
});

test.each([
  ["without a proof key", { code_challenge: "", code_challenge_method: "" }],
  ["with a plain proof key", { code_challenge_method: "plain" }],
  ["meant for another FHIR server", { aud: "https://other.example/fhir" }],
  ["that asks for the records of a workstation", { scope: "openid system/*.rs" }],
  ["that wants a token at once", { response_type: "token" }],
  ["that leads to another address", { redirect_uri: "http://192.0.2.1/amanah/signed-in" }],
  ["of an app nobody registered", { client_id: "other-app" }],
])("the HIS gives no code for a sign-in %s", async (_name, change) => {
  expect((await sentTo(change)).searchParams.get("code")).toBe(null);
});

test("a person's token opens no record", async () => {
  const code = (await sentTo()).searchParams.get("code") ?? "";
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: APP_CLIENT,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    code,
  });
  const answer = await fetch(his.tokenUrl, { method: "POST", body });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${his.baseUrl}/Patient`, { headers })).status).toBe(401);
});
