import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createDesk, createEnrolment } from "../../electron/service/enrol/index.ts";
import type { Enrolment } from "../../electron/service/enrol/index.ts";
import { startAppLaunch } from "../../electron/service/his/index.ts";
import {
  confirmationOf,
  enrolmentNonce,
  makeFreshKeys,
  verifyStatement,
} from "../../electron/service/vault/index.ts";
import type { FreshKeys } from "../../electron/service/vault/index.ts";
import type { EnrolmentView } from "../../shared/contract/index.ts";
import { pinProblem } from "../../shared/trust/pin-rules.ts";
import { EnrolmentRequest, PublicEcJwk, RosterEntry } from "../../shared/trust/index.ts";
import { openBrowser } from "./browser.ts";
import { startHis } from "./his.ts";
import type { His } from "./his-types.ts";
import { DEMO_PASSWORD } from "./login-page.ts";
import { APP_CLIENT } from "./sign-in.ts";
import { joinWorkstation, QUICK_KDF } from "./test-workstation.ts";

const SITE = "amanah-demo";
const WORKSTATION = "enrol-pc";
const PIN = "582914";

let folder: string;
let his: His;
let controlKey: PublicEcJwk;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "his-"));
  his = await startHis({ dataDir: folder, beds: 4, kdf: QUICK_KDF });
  await joinWorkstation(his, WORKSTATION);
  const policy = his.policyFor(WORKSTATION) as { trust: { controlKey: unknown } };
  controlKey = PublicEcJwk.parse(policy.trust.controlKey);
});
afterEach(() => void his.switches.set({ approveEnrolments: true, outage: false }));
afterAll(async () => {
  await his.close();
  rmSync(folder, { recursive: true });
});

/** Signs in at the HIS's page by hand. */
async function signIn(url: string, account: string): Promise<void> {
  const browser = openBrowser();
  await browser.open(url);
  await browser.submit({ account, password: DEMO_PASSWORD, answer: "sign-in" });
}

/** A PC of the hospital with the app's own enrolment, whose system browser is the test's. */
function pc(account: string): { enrolment: Enrolment; roster: Map<string, RosterEntry> } {
  const roster = new Map<string, RosterEntry>();
  const enrolment = createEnrolment({
    site: SITE,
    workstation: WORKSTATION,
    joined: () => true,
    appLaunch: (nonce) => launch(nonce),
    openBrowser: (url) => void signIn(url, account).catch(() => undefined),
    makeKeys: () => makeFreshKeys(randomBytes),
    wrap: (keys, pin, clinician) => wrapped(keys, clinician, pin),
    known: (clinician) => roster.get(clinician) ?? null,
    badgeThere: () => null,
    pinProblem: (pin, known) => pinProblem(pin, known),
    uuid: randomUUID,
    now: () => new Date(),
    desk: createDesk({ enrolUrl: his.enrolUrl, fetch }),
    async accept(list) {
      for (const jws of list) {
        const said = await verifyStatement(jws, { controlKey, site: SITE, now: new Date() });
        roster.set(said.subject, RosterEntry.parse(said.body));
      }
    },
    enrolled: (clinician, box) => roster.get(clinician)?.keys.box === box,
    sleep: (_milliseconds, signal) => delay(5, undefined, { signal }),
    random: Math.random,
    onChange: () => undefined,
  });
  return { enrolment, roster };
}

const launch = (nonce: string) =>
  startAppLaunch({
    baseUrl: his.baseUrl,
    clientId: APP_CLIENT,
    nonce,
    fetch,
    now: () => new Date(),
    random: randomBytes,
  });

const wrapped = (keys: FreshKeys, clinician: string, pin = PIN) =>
  keys.wrap({ pin, clinician, pepper: randomBytes(32), site: SITE, kdf: QUICK_KDF });

async function until(enrolment: Enrolment, phase: EnrolmentView["phase"]): Promise<EnrolmentView> {
  for (let turn = 0; turn < 1000; turn += 1) {
    const view = enrolment.view();
    if (view.phase === phase) return view;
    if (view.phase === "failed") throw new Error(`${view.problem}: ${view.detail}`);
    await delay(5);
  }
  throw new Error(`still ${enrolment.view().phase}`);
}

const decide = (id: string, approve: boolean): Promise<unknown> =>
  fetch(`${his.controlUrl}/control/enrolment`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id, approve }),
  }).then((answer) => answer.json());

test("a doctor enrols from the sign-in to the signed entry, which every PC then finds at the HIS", async () => {
  const { enrolment, roster } = pc("doctor-omar");
  await enrolment.start();
  expect((await until(enrolment, "identified")).person?.id).toBe("doctor-omar");
  await enrolment.finish({ pin: PIN, badge: false });
  await until(enrolment, "done");
  const entry = roster.get("doctor-omar");
  expect(entry).toMatchObject({ roles: ["doctor"], name: { en: "Omar Haddad" } });
  const other = await joinWorkstation(his, "another-pc");
  const { body } = await other.json(
    "Basic?code=urn:amanah:statement|roster-entry&identifier=urn:amanah:statement|doctor-omar",
  );
  const [found] = body["entry"] as { resource: { extension: { valueString: string }[] } }[];
  const jws = found?.resource.extension[0]?.valueString ?? "";
  const said = await verifyStatement(jws, { controlKey, site: SITE, now: new Date() });
  expect(RosterEntry.parse(said.body)).toEqual(entry);
});

test("a nurse who is new here, whom no PC knows yet, enrols as the staff list calls her", async () => {
  const { enrolment, roster } = pc("nurse-huda");
  await enrolment.start();
  expect((await until(enrolment, "identified")).person).toEqual({
    id: "nurse-huda",
    name: { en: "Huda Salem", ar: "هدى سالم" },
    roles: [],
  });
  await expect(enrolment.finish({ pin: "123456", badge: false })).rejects.toThrow("run");
  await enrolment.finish({ pin: PIN, badge: false });
  await until(enrolment, "done");
  expect(roster.get("nurse-huda")).toMatchObject({ roles: ["nurse"], birthday: "08-29" });
});

test("a request waits at the desk with the digits that the nurse reads out, until somebody says yes", async () => {
  his.switches.set({ approveEnrolments: false });
  const { enrolment, roster } = pc("nurse-grace");
  await enrolment.start();
  await until(enrolment, "identified");
  await enrolment.finish({ pin: PIN, badge: false });
  const { confirmation } = await until(enrolment, "waiting");
  const state = (await (await fetch(`${his.controlUrl}/control/state`)).json()) as {
    enrolments: { id: string; confirmation: string; name: string }[];
  };
  const waiting = state.enrolments.find((one) => one.confirmation === confirmation);
  expect(waiting?.name).toBe("Grace Mendoza");
  expect(roster.size).toBe(0);
  expect(await decide(waiting?.id ?? "", true)).toEqual({ decided: true });
  await until(enrolment, "done");
  expect(roster.has("nurse-grace")).toBe(true);
});

test("the desk's no reaches the nurse", async () => {
  his.switches.set({ approveEnrolments: false });
  const { enrolment } = pc("nurse-yusuf");
  await enrolment.start();
  await until(enrolment, "identified");
  await enrolment.finish({ pin: PIN, badge: false });
  await until(enrolment, "waiting");
  const [waiting] = his.enrolments.waiting();
  await decide(waiting?.id ?? "", false);
  await expect(until(enrolment, "done")).rejects.toThrow("desk-refused");
});

test("a network that dies while the desk thinks about it costs nothing but time", async () => {
  his.switches.set({ approveEnrolments: false });
  const { enrolment } = pc("nurse-salma");
  await enrolment.start();
  await until(enrolment, "identified");
  await enrolment.finish({ pin: PIN, badge: false });
  await until(enrolment, "waiting");
  his.switches.set({ outage: true });
  await delay(30);
  expect(enrolment.view().phase).toBe("waiting");
  his.switches.set({ outage: false, approveEnrolments: true });
  await his.enrolments.decide(his.enrolments.waiting()[0]?.id ?? "", true);
  expect((await until(enrolment, "done")).problem).toBe(null);
});

/** A request as the app makes it, without the app: its id token is of a real sign-in. */
async function request(
  change: Partial<EnrolmentRequest> = {},
  account = "nurse-salma",
): Promise<EnrolmentRequest> {
  const keys = makeFreshKeys(randomBytes);
  const started = await launch(enrolmentNonce(keys.publicKeys));
  await signIn(started.url, account);
  const { idToken, practitioner } = await started.result;
  return {
    v: 1,
    site: SITE,
    workstation: WORKSTATION,
    id: randomUUID(),
    clinician: practitioner,
    keys: keys.publicKeys,
    wrapped: await wrapped(keys, practitioner),
    badges: [],
    idToken,
    at: new Date().toISOString(),
    ...change,
  };
}
const send = async (body: unknown): Promise<{ status: number; said: Record<string, unknown> }> => {
  const answer = await fetch(his.enrolUrl, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, said: (await answer.json()) as Record<string, unknown> };
};

test("an id token enrols the keys it was asked for, and no others", async () => {
  const good = await request();
  const thief = makeFreshKeys(randomBytes).publicKeys;
  for (const keys of [thief, { ...good.keys, sign: thief.sign }, { ...good.keys, box: thief.box }])
    expect(await send({ ...good, keys })).toMatchObject({
      status: 403,
      said: { error: expect.stringContaining("another sign-in") },
    });
  expect(await send(good)).toMatchObject({ status: 200, said: { state: "approved" } });
});

test("the desk enrols nobody but who signed in, from a joined PC, of this site, on the staff list", async () => {
  const good = await request();
  const [header = "", payload = ""] = (good.idToken ?? "").split(".");
  for (const change of [
    { clinician: "doctor-omar" },
    { workstation: "a-stranger" },
    { site: "elsewhere" },
    { idToken: null },
    { idToken: `${header}.${payload}.${Buffer.alloc(64).toString("base64url")}` },
  ] satisfies Partial<EnrolmentRequest>[])
    expect([change, (await send({ ...good, ...change })).status]).toEqual([change, 403]);
  expect((await send({ ...good, badges: "all" })).status).toBe(400);
});

test("a request sent twice is one request; its id cannot be taken over", async () => {
  his.switches.set({ approveEnrolments: false });
  const good = await request();
  expect((await send(good)).said).toMatchObject({ state: "waiting" });
  expect((await send(good)).said).toMatchObject({ state: "waiting" });
  expect(his.enrolments.waiting().filter(({ id }) => id === good.id)).toHaveLength(1);
  const thief = await request({ id: good.id }, "doctor-omar");
  expect((await send(thief)).status).toBe(403);
  expect(his.enrolments.waiting().find(({ id }) => id === good.id)?.confirmation).toBe(
    confirmationOf(good),
  );
  expect((await fetch(`${his.enrolUrl}/${randomUUID()}`)).status).toBe(404);
});
