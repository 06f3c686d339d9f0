import { randomBytes } from "node:crypto";
import { CompactSign, importJWK } from "jose";
import {
  itCode,
  itCodeFits,
  judgeStatement,
  makeEnvelope,
  makePinChange,
  readOrders,
  readRoster,
  unlock,
  type HeldPinChange,
  type HeldStatement,
} from "../../electron/service/vault/index.ts";
import {
  PIN_CHANGE_TYP,
  type StatementKind,
  type StatementPayload,
} from "../../shared/trust/index.ts";
import { NOW, PIN, SITE, succeeds, WORKSTATION, type AttackCase, type World } from "./world.ts";

const ID = "7d3c1f0e-5b7a-4c22-9a51-0f6f3f0f6a01";
const wipe = (workstation: string) => ({ workstation, id: ID, reason: "stolen" });
const seal = (sealed: boolean) => ({ workstation: WORKSTATION, sealed, reason: "audit" });
const trust = (trusted: boolean) => ({ trusted, since: NOW.toISOString(), reason: "attack" });

type Change = Partial<StatementPayload>;

/** What the hospital said before, as this PC holds it. */
async function said(
  world: World,
  kind: StatementKind,
  subject: string,
  body: unknown,
  change: Change = {},
): Promise<HeldStatement> {
  const jws = await world.hospital.statement(kind, subject, body, change);
  return { kind, subject, number: change.number ?? 1, jws };
}

/** Whether the words are taken by a PC that holds these already. */
async function taken(world: World, jws: string, held: readonly HeldStatement[] = []) {
  return (await judgeStatement(jws, held, world.trust, NOW)).verdict === "new";
}

async function orders(world: World, statements: readonly HeldStatement[]) {
  const { trust: pinned } = world;
  return readOrders({
    statements,
    trust: pinned,
    workstation: WORKSTATION,
    joinedAt: null,
    wiped: [],
    rotated: [],
  });
}

/** Whether the PIN opens when these changes lie in the journal. */
async function opensWith(world: World, pinChanges: readonly HeldPinChange[], pin: string) {
  const { place, slot, hospital } = world;
  const entry = { kind: "roster-entry", subject: "huda", number: 1, jws: world.huda.jws };
  const roster = await readRoster({
    statements: [entry],
    slots: [slot],
    pinChanges,
    trust: world.trust,
    place,
    now: NOW,
  });
  const [member] = roster.members;
  if (member === undefined) return false;
  const { pepper } = hospital;
  return succeeds(() => unlock({ entry: member.entry, pin, pepper, site: SITE, slot, place }));
}

const WANTED = "903417";
function changed(world: World, number = 1): Promise<HeldPinChange> {
  const { entry } = world.huda;
  return makePinChange({
    entry,
    wrapped: entry.wrapped,
    pin: PIN,
    wanted: WANTED,
    pepper: world.hospital.pepper,
    site: SITE,
    number,
    at: NOW,
  });
}

/** A changed PIN with the attacker's wrap of the attacker's keys, under a key of his own. */
async function forgedChange(world: World): Promise<HeldPinChange> {
  const hers = await changed(world, 9);
  const own = await world.attacker.enrol("huda", "000000");
  const [, payload = ""] = hers.jws.split(".");
  const body = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  const { privateKey } = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign"],
  );
  const key = await importJWK(await crypto.subtle.exportKey("jwk", privateKey), "ES256");
  const jws = await new CompactSign(
    Buffer.from(JSON.stringify({ ...body, wrapped: own.entry.wrapped })),
  )
    .setProtectedHeader({ alg: "ES256", typ: PIN_CHANGE_TYP })
    .sign(key);
  return { ...hers, jws };
}

const seed = new Uint8Array(32).fill(7);
const spoken = {
  seed,
  site: SITE,
  workstation: WORKSTATION,
  purpose: "extend",
  challenge: "12345678",
} as const;

/** What a hostile HIS, or somebody at the telephone, may try with the control key's orders. */
export const orderCases: readonly AttackCase[] = [
  {
    name: "a wipe the HIS invents, to destroy a ward's only copy in an outage",
    kind: "harmful",
    run: async (world) =>
      taken(world, await world.attacker.statement("wipe", WORKSTATION, wipe(WORKSTATION))),
  },
  {
    name: "another PC's wipe, sent to this one",
    kind: "harmful",
    run: async (world) =>
      taken(world, await world.hospital.statement("wipe", "pc-2", wipe("pc-2"))),
  },
  {
    name: "another PC's wipe, rightly signed, filed in this PC's journal under its name",
    kind: "harmful",
    run: async (world) => {
      const jws = await world.hospital.statement("wipe", "pc-2", wipe("pc-2"));
      const held = { kind: "wipe", subject: WORKSTATION, number: 1, jws };
      return (await orders(world, [held])).wipe !== null;
    },
  },
  {
    name: "the lifting of an earlier seal, replayed to open a PC that was sealed again",
    kind: "harmful",
    run: async (world) => {
      const lifted = await said(world, "seal", WORKSTATION, seal(false), { number: 2 });
      const again = await said(world, "seal", WORKSTATION, seal(true), { number: 3 });
      return taken(world, lifted.jws, [again]);
    },
  },
  {
    name: "a seal whose expiry was waited out",
    kind: "harmful",
    run: async (world) => {
      const expiresAt = "2026-11-20T09:00:00Z";
      const held = await said(world, "seal", WORKSTATION, seal(true), { expiresAt });
      return (await orders(world, [held])).sealed === null;
    },
  },
  {
    name: "an extension the HIS grants by itself",
    kind: "harmful",
    run: async (world) => {
      const body = { workstation: null, until: "2027-11-20T00:00:00Z" };
      return taken(world, await world.attacker.statement("extension", SITE, body));
    },
  },
  {
    name: "an extension used beyond its own expiry",
    kind: "harmful",
    run: async (world) => {
      const body = { workstation: WORKSTATION, until: "2027-11-20T00:00:00Z" };
      const expiresAt = "2026-11-20T09:00:00Z";
      const held = await said(world, "extension", WORKSTATION, body, { expiresAt });
      const { extensionUntil } = await orders(world, [held]);
      return extensionUntil !== null && extensionUntil > NOW;
    },
  },
  {
    name: "a distrusted HIS that says it may be believed again",
    kind: "harmful",
    run: async (world) => {
      const held = await said(world, "his-trust", SITE, trust(false), { number: 2 });
      const own = await world.attacker.statement("his-trust", SITE, trust(true), { number: 3 });
      const older = await world.hospital.statement("his-trust", SITE, trust(true));
      return (await taken(world, own, [held])) || (await taken(world, older, [held]));
    },
  },
  {
    name: "an envelope whose code the HIS knows",
    kind: "harmful",
    run: async (world) => {
      const made = {
        random: randomBytes,
        site: SITE,
        ward: "ward-a",
        id: "e",
        validTo: "2027-01-01T00:00:00Z",
      };
      return taken(world, await world.attacker.statement("envelope", "e", makeEnvelope(made).body));
    },
  },
  {
    name: "a changed PIN that somebody else signed",
    kind: "harmful",
    run: async (world) => opensWith(world, [await forgedChange(world)], "000000"),
  },
  {
    name: "her old PIN, after she changed it at this PC",
    kind: "harmful",
    run: async (world) => opensWith(world, [await changed(world)], PIN),
  },
  {
    name: "IT's code for another purpose, another PC or an earlier challenge",
    kind: "harmful",
    run: async () =>
      [
        { ...spoken, purpose: "unseal" as const },
        { ...spoken, workstation: "pc-2" },
        { ...spoken, challenge: "12345677" },
      ].some((other) => itCodeFits(itCode(other), spoken)),
  },
  {
    name: "a wipe of this PC by the control desk",
    kind: "legitimate",
    run: async (world) => {
      const held = await said(world, "wipe", WORKSTATION, wipe(WORKSTATION));
      return (await taken(world, held.jws)) && (await orders(world, [held])).wipe?.id === ID;
    },
  },
  {
    name: "a seal, and its lifting, by the control desk",
    kind: "legitimate",
    run: async (world) => {
      const held = await said(world, "seal", WORKSTATION, seal(true));
      const lifted = await said(world, "seal", WORKSTATION, seal(false), { number: 2 });
      const sealed = (await orders(world, [held])).sealed !== null;
      return sealed && (await taken(world, lifted.jws, [held]));
    },
  },
  {
    name: "her new PIN, after she changed it",
    kind: "legitimate",
    run: async (world) => opensWith(world, [await changed(world)], WANTED),
  },
  {
    name: "IT's code for what this PC shows",
    kind: "legitimate",
    run: async () => itCodeFits(itCode(spoken).toLowerCase(), spoken),
  },
];
