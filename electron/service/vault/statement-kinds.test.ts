import { randomBytes } from "node:crypto";
import { CompactSign } from "jose";
import { expect, test } from "vitest";
import type { StatementKind, StatementPayload } from "../../../shared/trust/index.ts";
import { makeHospital, NOW, SITE, WORKSTATION, type Hospital } from "../testing/index.ts";
import { envelopeState, makeEnvelope, readEnvelopes } from "./envelope.ts";
import { readHeldPack } from "./knowledge.ts";
import { readOrders } from "./orders.ts";
import { judgeStatement, readRoster, slotState, type HeldStatement } from "./roster.ts";
import { readSigningKeys } from "./signing-keys.ts";
import { STATEMENT_KINDS } from "./statement-kinds.ts";

const ID = "7d3c1f0e-5b7a-4c22-9a51-0f6f3f0f6a01";
const LATER = "2026-12-01T00:00:00Z";

/** One lawful body of each kind that travels, whom it speaks of, and the same said to another PC where it can be. */
interface Example {
  readonly kind: Exclude<StatementKind, "join">;
  readonly subject: string;
  readonly body: unknown;
  readonly toAnotherPc?: { readonly subject: string; readonly body: unknown };
}

async function examples(hospital: Hospital): Promise<readonly Example[]> {
  const { entry } = await hospital.enrol("huda", "4711");
  const pc = (workstation: string) => ({ workstation, id: ID, reason: "stolen" });
  const seal = { sealed: true, reason: "audit" };
  const { body: envelope } = makeEnvelope({
    random: randomBytes,
    site: SITE,
    ward: "ward-a",
    id: "envelope-1",
    validTo: LATER,
  });
  return [
    { kind: "roster-entry", subject: "huda", body: entry },
    {
      kind: "revocation",
      subject: "huda",
      body: { clinician: "huda", from: NOW.toISOString(), reason: "left" },
    },
    {
      kind: "wipe",
      subject: WORKSTATION,
      body: pc(WORKSTATION),
      toAnotherPc: { subject: "pc-2", body: pc("pc-2") },
    },
    {
      kind: "seal",
      subject: SITE,
      body: { ...seal, workstation: null },
      toAnotherPc: { subject: "pc-2", body: { ...seal, workstation: "pc-2" } },
    },
    {
      kind: "extension",
      subject: WORKSTATION,
      body: { workstation: WORKSTATION, until: LATER },
      toAnotherPc: { subject: "pc-2", body: { workstation: "pc-2", until: LATER } },
    },
    { kind: "his-trust", subject: SITE, body: { trusted: false, since: LATER, reason: "attack" } },
    { kind: "envelope", subject: "envelope-1", body: envelope },
    {
      kind: "rotation",
      subject: WORKSTATION,
      body: { workstation: WORKSTATION, id: ID, keys: ["vault"] },
      toAnotherPc: { subject: "pc-2", body: { workstation: "pc-2", id: ID, keys: ["vault"] } },
    },
    {
      kind: "knowledge-pack",
      subject: SITE,
      body: { version: "1", title: "pack", deflated: "AA" },
    },
    {
      kind: "signing-key",
      subject: "his",
      body: {
        service: "his",
        vouchesFor: ["doctor"],
        types: ["AllergyIntolerance"],
        keys: [
          {
            jwk: { kty: "EC", crv: "P-256", x: "AA", y: "AA" },
            validFrom: NOW.toISOString(),
            validTo: LATER,
            revokedFrom: null,
          },
        ],
      },
    },
  ];
}

const row = (kind: string, subject: string, jws: string): HeldStatement => ({
  kind,
  subject,
  number: 1,
  jws,
});

const KINDS = [
  "roster-entry",
  "revocation",
  "wipe",
  "seal",
  "extension",
  "his-trust",
  "envelope",
  "rotation",
  "knowledge-pack",
  "signing-key",
] as const;

async function stand(kind: StatementKind) {
  const hospital = await makeHospital();
  const example = (await examples(hospital)).find((one) => one.kind === kind);
  if (example === undefined) throw new Error(`no example of ${kind}`);
  const trust = {
    controlKey: hospital.controlKey,
    site: SITE,
    wards: ["ward-a"],
    workstation: WORKSTATION,
  };
  const { subject, body } = example;
  const say = (change: Partial<StatementPayload> = {}, by = hospital) =>
    by.statement(kind, subject, body, change);
  const numbered = async (number: number): Promise<HeldStatement> => ({
    kind,
    subject,
    number,
    jws: await say({ number }),
  });
  const judge = async (jws: string, held: readonly HeldStatement[] = []): Promise<string> => {
    const judged = await judgeStatement(jws, held, trust, NOW);
    return judged.verdict === "refused" ? judged.reason : judged.verdict;
  };
  return { hospital, example, say, numbered, judge };
}

test("every kind has a rule of its own, with a reason why it stays or lapses", () => {
  expect(Object.keys(STATEMENT_KINDS).toSorted()).toEqual([...KINDS, "join"].toSorted());
  const lapsing = KINDS.filter((kind) => STATEMENT_KINDS[kind].afterExpiry === "lapses");
  expect(lapsing).toEqual(["roster-entry", "extension", "envelope", "signing-key"]);
  for (const rule of Object.values(STATEMENT_KINDS)) expect(rule.because).toMatch(/\w+ \w+/u);
});

test.each(KINDS)("a true %s is taken once, and its repeat is no alarm", async (kind) => {
  const { say, numbered, judge } = await stand(kind);
  const jws = await say();
  expect(await judge(jws)).toBe("new");
  const held = { ...(await numbered(1)), jws };
  expect(await judge(jws, [held])).toBe("known");
  expect(await judge(await say({ number: 2 }), [held])).toBe("new");
});

test.each(KINDS)("the HIS cannot forge a %s", async (kind) => {
  const { hospital, example, say, judge } = await stand(kind);
  const attacker = await makeHospital();
  expect(await judge(await say({}, attacker))).toBe("bad-signature");

  const [head, payload = "", signature] = (await say()).split(".");
  const read = JSON.parse(Buffer.from(payload, "base64url").toString()) as StatementPayload;
  const edited = Buffer.from(JSON.stringify({ ...read, number: 9 })).toString("base64url");
  expect(await judge(`${head}.${edited}.${signature}`)).toBe("bad-signature");

  const none = Buffer.from('{"alg":"none","typ":"amanah-statement"}').toString("base64url");
  expect(await judge(`${none}.${payload}.`)).not.toBe("new");
  const hmac = await new CompactSign(Buffer.from(payload, "base64url"))
    .setProtectedHeader({ alg: "HS256", typ: "amanah-statement" })
    .sign(Buffer.from(JSON.stringify(hospital.controlKey)));
  expect(await judge(hmac)).toBe("bad-signature");
  const own = Buffer.from(
    JSON.stringify({ alg: "ES256", typ: "amanah-statement", jwk: attacker.controlKey }),
  ).toString("base64url");
  expect(await judge(`${own}.${payload}.${(await say({}, attacker)).split(".")[2]}`)).toBe(
    "bad-signature",
  );
  expect(await judge(`${head}.${"A".repeat(1_000_000)}.${signature}`)).toBe("malformed");
  expect(await judge(`${head}.${payload}.${signature}`.repeat(100))).toBe("malformed");
  // A word of the control key in another envelope: what it signed as one kind is never another.
  for (const other of KINDS.filter((one) => one !== kind))
    expect(await judge(await hospital.statement(other, example.subject, example.body))).toBe(
      "malformed",
    );
});

test.each(KINDS)("the HIS cannot replay or reorder a %s", async (kind) => {
  const { say, numbered, judge } = await stand(kind);
  const held = [await numbered(5)];
  for (const number of [1, 4]) expect(await judge(await say({ number }), held)).toBe("replayed");
  // Other words under the number already used: what the control key would never sign, and a thief of it might.
  const reissued = await say({ number: 5, expiresAt: "2027-03-01T00:00:00Z" });
  expect(await judge(reissued, held)).toBe("replayed");
  const order = [3, 1, 2, 7, 6];
  let latest: HeldStatement[] = [];
  for (const number of order)
    if ((await judge(await say({ number }), latest)) === "new") latest = [await numbered(number)];
  expect(latest.map(({ number }) => number)).toEqual([7]);
});

test.each(KINDS)(
  "a %s of another hospital, past its time, or from the future is refused",
  async (kind) => {
    const { say, judge } = await stand(kind);
    const south = await makeHospital("south");
    expect(await judge(await say({}, south))).toBe("bad-signature");
    // "All PCs" is said by naming the site, so a statement moved to another site contradicts itself as well.
    expect(["wrong-site", "malformed"]).toContain(await judge(await say({ site: "south" })));
    expect(await judge(await say({ expiresAt: "2026-11-20T09:59:59Z" }))).toBe("expired");
    expect(await judge(await say({ issuedAt: "2026-11-20T10:06:00Z" }))).toBe("not-yet");
    expect(await judge(await say({ subject: "somebody-else" }))).toBe("malformed");
  },
);

test.each(["wipe", "seal", "extension", "rotation"] as const)(
  "a %s for another PC is not this PC's, and no alarm",
  async (kind) => {
    const { hospital, example, judge } = await stand(kind);
    const { subject = "", body } = example.toAnotherPc ?? {};
    expect(await judge(await hospital.statement(kind, subject, body))).toBe("elsewhere");
  },
);

test("no other kind means one PC only", async () => {
  for (const { kind, body, toAnotherPc } of await examples(await makeHospital()))
    expect(STATEMENT_KINDS[kind].pc(body) === null).toBe(
      toAnotherPc === undefined || kind === "seal",
    );
});

test.each(KINDS)(
  "withholding what follows a %s gains the HIS nothing beyond its expiry",
  async (kind) => {
    const { hospital, example, say } = await stand(kind);
    const expiresAt = "2026-11-21T00:00:00Z";
    const after = new Date("2026-11-22T00:00:00Z");
    const { subject } = example;
    const { entry } = await hospital.enrol("huda", "4711");
    const rows = [{ kind, subject, number: 1, jws: await say({ expiresAt }) }];
    const trust = { controlKey: hospital.controlKey, site: SITE, wards: [] };
    const place = { workstation: WORKSTATION, deviceKey: new Uint8Array(32) };
    const orders = await readOrders({
      statements: rows,
      trust,
      workstation: WORKSTATION,
      joinedAt: null,
      wiped: [],
      rotated: [],
    });
    const roster = await readRoster({ statements: rows, slots: [], trust, place, now: after });
    const revoked = await readRoster({
      statements: [
        ...rows,
        row("roster-entry", "huda", await hospital.statement("roster-entry", "huda", entry)),
      ],
      slots: [],
      trust,
      place,
      now: after,
    });
    const envelopes = await readEnvelopes({
      statements: rows,
      slots: [],
      used: [],
      trust,
      place,
      now: after,
    });
    const inForce: Record<(typeof KINDS)[number], unknown> = {
      "roster-entry": roster.members.map((one) => slotState(one, after)),
      revocation: revoked.members.map((one) => slotState(one, after)),
      wipe: orders.wipe?.id,
      seal: orders.sealed?.reason,
      extension: orders.extensionUntil?.toISOString(),
      "his-trust": orders.hisTrust?.trusted,
      envelope: envelopes.envelopes.map((one) => envelopeState(one, after)),
      rotation: orders.rotation?.keys,
      "knowledge-pack": (await readHeldPack(rows, trust))?.validTo,
      "signing-key": (await readSigningKeys(rows, NOBODY, trust)).map(({ until }) => until),
    };
    expect(inForce[kind]).toEqual(AFTER_EXPIRY[kind]);
  },
);

const NOBODY = { entries: new Map(), signsUntil: new Map() };

/** What is left of each after its expiry has passed unanswered: every permission gone, every prohibition and order there. */
const AFTER_EXPIRY: Record<(typeof KINDS)[number], unknown> = {
  "roster-entry": ["expired"],
  revocation: ["revoked"],
  wipe: ID,
  seal: "audit",
  extension: "2026-11-21T00:00:00.000Z",
  "his-trust": false,
  envelope: ["expired"],
  rotation: ["vault"],
  "knowledge-pack": "2026-11-21T00:00:00Z",
  // What was signed until then is still as good as it was.
  "signing-key": [Date.parse("2026-11-21T00:00:00Z")],
};

test("nobody is put on the roster under the name of an envelope, or with a bar in it", async () => {
  const { hospital, judge } = await stand("roster-entry");
  for (const name of ["envelope:envelope-1", "north|huda"]) {
    const { entry } = await hospital.enrol("huda", "4711");
    const jws = await hospital.statement("roster-entry", name, { ...entry, clinician: name });
    expect(await judge(jws)).toBe("malformed");
  }
});

test("of words to this PC and words to all PCs the later counts, and of two at one moment the one that closes", async () => {
  const hospital = await makeHospital();
  const say = async (to: string | null, sealed: boolean, issuedAt: string) => ({
    kind: "seal",
    subject: to ?? SITE,
    number: 1,
    jws: await hospital.statement(
      "seal",
      to ?? SITE,
      { workstation: to, sealed, reason: "test" },
      { issuedAt },
    ),
  });
  const read = async (statements: HeldStatement[]) =>
    (
      await readOrders({
        statements,
        trust: { controlKey: hospital.controlKey, site: SITE },
        workstation: WORKSTATION,
        joinedAt: null,
        wiped: [],
        rotated: [],
      })
    ).sealed !== null;
  const [one, two] = ["2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z"];
  expect(await read([await say(null, true, one), await say(WORKSTATION, false, two)])).toBe(false);
  expect(await read([await say(WORKSTATION, false, one), await say(null, true, two)])).toBe(true);
  expect(await read([await say(null, true, one), await say(WORKSTATION, false, one)])).toBe(true);
  expect(await read([await say("pc-2", true, two)])).toBe(false);
});

test("a PC that was wiped and joined anew is not wiped by the same words, and one that was not is", async () => {
  const { say, hospital } = await stand("wipe");
  const statements = [{ kind: "wipe", subject: WORKSTATION, number: 1, jws: await say() }];
  const read = async (change: { joinedAt?: string; wiped?: string[] }) =>
    (
      await readOrders({
        statements,
        trust: { controlKey: hospital.controlKey, site: SITE },
        workstation: WORKSTATION,
        joinedAt: null,
        wiped: [],
        rotated: [],
        ...change,
      })
    ).wipe?.id ?? null;
  expect(await read({})).toBe(ID);
  expect(await read({ joinedAt: "2026-11-18T00:00:00Z" })).toBe(ID);
  expect(await read({ joinedAt: "2026-11-19T10:00:01Z" })).toBeNull();
  expect(await read({ wiped: [ID] })).toBeNull();
});
