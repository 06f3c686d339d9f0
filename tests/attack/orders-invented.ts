import { randomBytes } from "node:crypto";
import {
  itCode,
  itCodeFits,
  judgeStatement,
  makeEnvelope,
  makePinChange,
  readOrders,
  unlockEnvelope,
  verifyPinChange,
  type HeldStatement,
  type Orders,
} from "../../electron/service/vault/index.ts";
import type { StatementKind } from "../../shared/trust/index.ts";
import { NOW, PIN, SITE, succeeds, WORKSTATION, type AttackCase, type World } from "./world.ts";

const ID = "1f5a1a3e-6d5d-4a8e-9f0e-6c0b9a6a2b10";
const LATER = "2026-12-01T00:00:00Z";

/** What the control key can order, in the words a hostile HIS would like to say. */
const ORDERS: readonly (readonly [string, StatementKind, string, object])[] = [
  ["seals this PC", "seal", WORKSTATION, { workstation: WORKSTATION, sealed: true, reason: "x" }],
  [
    "lifts IT's seal",
    "seal",
    WORKSTATION,
    { workstation: WORKSTATION, sealed: false, reason: "x" },
  ],
  ["wipes this PC", "wipe", WORKSTATION, { workstation: WORKSTATION, id: ID, reason: "x" }],
  ["moves the offline limit", "extension", SITE, { workstation: null, until: LATER }],
  ["calls itself trusted", "his-trust", SITE, { trusted: true, since: LATER, reason: "x" }],
  ["orders new keys", "rotation", SITE, { workstation: null, id: ID, keys: ["vault"] }],
];

async function taken(world: World, jws: string, rows: HeldStatement[] = []): Promise<boolean> {
  return (await judgeStatement(jws, rows, world.trust, NOW)).verdict === "new";
}

/** What a PC whose journal holds these rows is ordered; it joined a month ago. */
function orderedBy(
  world: World,
  statements: HeldStatement[],
  change: { joinedAt?: string; wiped?: string[]; rotated?: string[] } = {},
): Promise<Orders> {
  const joinedAt = "2026-10-20T10:00:00Z";
  const { trust } = world;
  return readOrders({
    statements,
    trust,
    workstation: WORKSTATION,
    joinedAt,
    wiped: [],
    rotated: [],
    ...change,
  });
}

const row = (kind: StatementKind, subject: string, number: number, jws: string): HeldStatement => ({
  kind,
  subject,
  number,
  jws,
});

const wipeOf = (workstation: string): object => ({ workstation, id: ID, reason: "stolen" });

/** Orders of the control key, as a hostile HIS, or a thief with the device key, would have them. */
export const inventedOrderCases: readonly AttackCase[] = [
  ...ORDERS.map(([what, kind, subject, body]): AttackCase => ({
    name: `a HIS that ${what}, with a key of its own`,
    kind: "harmful",
    run: async (world) => taken(world, await world.attacker.statement(kind, subject, body)),
  })),
  ...ORDERS.map(([what, kind, subject, body]): AttackCase => ({
    name: `the control desk that ${what}`,
    kind: "legitimate",
    run: async (world) => taken(world, await world.hospital.statement(kind, subject, body)),
  })),
  {
    name: "a wipe of another PC, filed under this one's name",
    kind: "harmful",
    run: async (world) =>
      taken(world, await world.hospital.statement("wipe", WORKSTATION, wipeOf("pc-2"))),
  },
  {
    name: "a forged wipe written straight into the journal",
    kind: "harmful",
    run: async (world) => {
      const jws = await world.attacker.statement("wipe", WORKSTATION, wipeOf(WORKSTATION));
      return (await orderedBy(world, [row("wipe", WORKSTATION, 1, jws)])).wipe !== null;
    },
  },
  {
    name: "the words that wiped this PC, once it was joined anew",
    kind: "harmful",
    run: async (world) => {
      const jws = await world.hospital.statement("wipe", WORKSTATION, wipeOf(WORKSTATION));
      const rows = [row("wipe", WORKSTATION, 1, jws)];
      return (await orderedBy(world, rows, { wiped: [ID] })).wipe !== null;
    },
  },
  {
    name: "a wipe from before this PC joined",
    kind: "harmful",
    run: async (world) => {
      const jws = await world.hospital.statement("wipe", WORKSTATION, wipeOf(WORKSTATION));
      const rows = [row("wipe", WORKSTATION, 1, jws)];
      return (await orderedBy(world, rows, { joinedAt: "2026-11-20T09:00:00Z" })).wipe !== null;
    },
  },
];

async function herChange(world: World, by: World["huda"], pin: string) {
  const { pepper } = world.hospital;
  const { entry } = by;
  const { wrapped } = entry;
  const asked = { entry, wrapped, pin, wanted: "836151", pepper, site: SITE, number: 1, at: NOW };
  return (await makePinChange(asked)).jws;
}

/** The header and body of one change under the signature of another. */
function spliced(body: string, signature: string): string {
  return [...body.split(".").slice(0, 2), signature.split(".")[2]].join(".");
}

/** Changed PINs, spoken codes and the ward's envelope. */
export const codeCases: readonly AttackCase[] = [
  {
    name: "a PIN of the HIS's choice for Huda, under keys of its own",
    kind: "harmful",
    run: async (world) => {
      const own = await world.attacker.enrol("huda", PIN);
      const { pepper } = world.attacker;
      const { entry } = own;
      const { wrapped } = entry;
      const asked = { entry, wrapped, pin: PIN, wanted: "836151", pepper, site: SITE };
      const { jws } = await makePinChange({ ...asked, number: 9, at: NOW });
      return (await verifyPinChange(jws, world.huda.entry, SITE)) !== null;
    },
  },
  {
    name: "Sara's changed PIN passed off as Huda's",
    kind: "harmful",
    run: async (world) => {
      const jws = await herChange(world, world.sara, "2580");
      return (await verifyPinChange(jws, world.huda.entry, SITE)) !== null;
    },
  },
  {
    name: "Huda's changed PIN with Sara's signature",
    kind: "harmful",
    run: async (world) => {
      const hers = await herChange(world, world.huda, PIN);
      const other = await herChange(world, world.sara, "2580");
      return (await verifyPinChange(spliced(hers, other), world.huda.entry, SITE)) !== null;
    },
  },
  {
    name: "a PIN changed before she enrolled anew",
    kind: "harmful",
    run: async (world) => {
      const jws = await herChange(world, world.huda, PIN);
      const anew = await world.hospital.enrol("huda", "836151");
      return (await verifyPinChange(jws, anew.entry, SITE)) !== null;
    },
  },
  {
    name: "a PIN changed without knowing the one before",
    kind: "harmful",
    run: (world) => succeeds(() => herChange(world, world.huda, "0000")),
  },
  {
    name: "a PIN that she changed herself",
    kind: "legitimate",
    run: async (world) => {
      const jws = await herChange(world, world.huda, PIN);
      return (await verifyPinChange(jws, world.huda.entry, SITE)) !== null;
    },
  },
  ...(
    [
      ["for the other purpose", { purpose: "extend" }],
      ["for another PC", { workstation: "pc-2" }],
      ["for the challenge before", { challenge: "00000000" }],
      ["of another hospital", { site: "south" }],
      ["made without the PC's seed", { seed: new Uint8Array(32) }],
    ] as const
  ).map(([what, change]): AttackCase => ({
    name: `a spoken code ${what}`,
    kind: "harmful",
    run: (world) => spoken(world, change),
  })),
  {
    name: "the spoken code for this PC, purpose and challenge, typed in small letters",
    kind: "legitimate",
    run: (world) => spoken(world, {}),
  },
  ...(
    [
      ["another envelope's code", "harmful", { code: true }],
      ["an envelope's code at another hospital", "harmful", { site: "south" }],
      ["an envelope's code with the slot of another PC", "harmful", { workstation: "pc-2" }],
      ["the ward's own envelope", "legitimate", {}],
    ] as const
  ).map(([name, kind, change]): AttackCase => ({
    name,
    kind,
    run: (world) => enveloped(world, change),
  })),
];

type CodeInput = Parameters<typeof itCode>[0];

async function spoken(_world: World, change: Partial<CodeInput>): Promise<boolean> {
  const seed = new Uint8Array(randomBytes(32));
  const asked: CodeInput = {
    seed,
    site: SITE,
    workstation: WORKSTATION,
    purpose: "unseal",
    challenge: "31415926",
  };
  return itCodeFits(itCode({ ...asked, ...change }).toLowerCase(), asked);
}

async function enveloped(
  world: World,
  change: { code?: boolean; site?: string; workstation?: string },
): Promise<boolean> {
  const asked = { random: randomBytes, site: SITE, ward: "ward-a", validTo: LATER };
  const { body, code } = makeEnvelope({ ...asked, id: "ward-a-1" });
  const other = makeEnvelope({ ...asked, id: "ward-a-2" });
  const slot = await (await world.open()).makeSlot(body);
  return succeeds(() =>
    unlockEnvelope({
      envelope: body,
      code: change.code === true ? other.code : code,
      site: change.site ?? SITE,
      slot,
      place: { ...world.place, workstation: change.workstation ?? WORKSTATION },
    }),
  );
}
