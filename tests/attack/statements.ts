import { CompactSign } from "jose";
import type { StatementPayload } from "../../shared/trust/index.ts";
import {
  judgeStatement,
  readRoster,
  slotState,
  type HeldStatement,
} from "../../electron/service/vault/index.ts";
import { NOW, type AttackCase, type World } from "./world.ts";

const held = (world: World, number = 1): HeldStatement => ({
  kind: "roster-entry",
  subject: "huda",
  number,
  jws: world.huda.jws,
});

/** Whether this PC takes the statement for new, while it holds Huda's first entry. */
async function taken(world: World, jws: string, rows = [held(world)]): Promise<boolean> {
  return (await judgeStatement(jws, rows, world.trust, NOW)).verdict === "new";
}

/** Whether, with these statements in the journal, the clinician could sign in or be given a slot. */
async function admitted(world: World, rows: HeldStatement[], clinician: string): Promise<boolean> {
  const { trust, place, slot } = world;
  const roster = await readRoster({ statements: rows, slots: [slot], trust, place, now: NOW });
  const member = roster.members.find((one) => one.entry.clinician === clinician);
  return member !== undefined && ["ready", "pending"].includes(slotState(member, NOW));
}

/** The payload of a compact JWS with something changed, under the old signature. */
function edited(jws: string, change: Partial<StatementPayload>): string {
  const [head, body = "", signature] = jws.split(".");
  const payload = JSON.parse(Buffer.from(body, "base64url").toString()) as StatementPayload;
  const text = Buffer.from(JSON.stringify({ ...payload, ...change })).toString("base64url");
  return `${head}.${text}.${signature}`;
}

/** What a hostile HIS may put where workstations look for statements. */
export const statementCases: readonly AttackCase[] = [
  {
    name: "a nurse the HIS invents, signed by a key of its own",
    kind: "harmful",
    run: async (world) => taken(world, (await world.attacker.enrol("ghost", "0000")).jws),
  },
  {
    name: "a nurse the HIS invents, without a signature",
    kind: "harmful",
    run: async (world) => {
      const { jws } = await world.attacker.enrol("ghost", "0000");
      const head = Buffer.from('{"alg":"none","typ":"amanah-statement"}').toString("base64url");
      return taken(world, `${head}.${jws.split(".")[1]}.`);
    },
  },
  {
    name: "a statement whose signature is an HMAC with the public control key as its secret",
    kind: "harmful",
    run: async (world) => {
      const { jws } = await world.attacker.enrol("ghost", "0000");
      const forged = await new CompactSign(Buffer.from(jws.split(".")[1] ?? "", "base64url"))
        .setProtectedHeader({ alg: "HS256", typ: "amanah-statement" })
        .sign(Buffer.from(JSON.stringify(world.hospital.controlKey)));
      return taken(world, forged);
    },
  },
  {
    name: "a statement that brings its own key in its header",
    kind: "harmful",
    run: async (world) => {
      const { jws } = await world.attacker.enrol("ghost", "0000");
      const [, body, signature] = jws.split(".");
      const head = Buffer.from(
        JSON.stringify({ alg: "ES256", typ: "amanah-statement", jwk: world.attacker.controlKey }),
      ).toString("base64url");
      return taken(world, `${head}.${body}.${signature}`);
    },
  },
  {
    name: "a nurse's entry with a doctor's role written over it",
    kind: "harmful",
    run: async (world) => {
      const body = { ...world.huda.entry, roles: ["doctor"] };
      return taken(world, edited(world.huda.jws, { number: 2, body }));
    },
  },
  {
    name: "a nurse's entry with the attacker's keys in it",
    kind: "harmful",
    run: async (world) => {
      const own = await world.attacker.enrol("huda", "0000");
      return taken(world, edited(world.huda.jws, { number: 2, body: own.entry }));
    },
  },
  {
    name: "an older entry of hers, from before her PIN was changed",
    kind: "harmful",
    run: async (world) => {
      const second = await world.hospital.enrol("huda", "9034", { statement: { number: 2 } });
      const row = { kind: "roster-entry", subject: "huda", number: 2, jws: second.jws };
      return taken(world, world.huda.jws, [row]);
    },
  },
  {
    name: "other words under a number already used",
    kind: "harmful",
    run: async (world) => taken(world, (await world.hospital.enrol("huda", "0000")).jws),
  },
  {
    name: "another hospital's nurse, rightly signed there",
    kind: "harmful",
    run: async (world) =>
      taken(world, (await world.hospital.enrol("x", "0000", { statement: { site: "south" } })).jws),
  },
  {
    name: "an entry past its time",
    kind: "harmful",
    run: async (world) => {
      const statement = { expiresAt: "2026-11-20T09:59:59Z" };
      return taken(world, (await world.hospital.enrol("x", "0000", { statement })).jws);
    },
  },
  {
    name: "an entry dated tomorrow",
    kind: "harmful",
    run: async (world) => {
      const statement = { issuedAt: "2026-11-21T10:00:00Z" };
      return taken(world, (await world.hospital.enrol("x", "0000", { statement })).jws);
    },
  },
  {
    name: "a rightly signed entry filed under a colleague's name",
    kind: "harmful",
    run: async (world) =>
      taken(
        world,
        await world.hospital.statement("roster-entry", "sara", world.huda.entry, { number: 2 }),
      ),
  },
  {
    name: "a join answer offered as a roster entry",
    kind: "harmful",
    run: async (world) => {
      const pepper = { enc: "AA", sealed: "AA" };
      const body = { workstation: "pc-1", thumbprint: "x", pepper };
      return taken(world, await world.hospital.statement("join", "pc-1", body));
    },
  },
  {
    name: "a megabyte of statement",
    kind: "harmful",
    run: async (world) => taken(world, `${"A".repeat(1_000_000)}.A.A`),
  },
  {
    name: "a forged entry written straight into the journal",
    kind: "harmful",
    run: async (world) => {
      const { jws } = await world.attacker.enrol("ghost", "0000");
      const row = { kind: "roster-entry", subject: "ghost", number: 1, jws };
      return admitted(world, [row], "ghost");
    },
  },
  {
    name: "a revoked nurse, after the revocation's own time has run out",
    kind: "harmful",
    run: async (world) => {
      const jws = await world.hospital.revoke("huda", { expiresAt: "2026-11-20T09:01:00Z" });
      const revocation = { kind: "revocation", subject: "huda", number: 1, jws };
      return admitted(world, [held(world), revocation], "huda");
    },
  },
  {
    name: "a nurse of a ward this PC does not serve",
    kind: "harmful",
    run: async (world) => {
      const far = await world.hospital.enrol("far", "0000", { entry: { wards: ["ward-z"] } });
      const row = { kind: "roster-entry", subject: "far", number: 1, jws: far.jws };
      return admitted(world, [row], "far");
    },
  },
  {
    name: "a new nurse of this ward, signed by the control desk",
    kind: "legitimate",
    run: async (world) => taken(world, world.sara.jws),
  },
  {
    name: "a changed PIN: the same nurse under the next number",
    kind: "legitimate",
    run: async (world) =>
      taken(world, (await world.hospital.enrol("huda", "9034", { statement: { number: 2 } })).jws),
  },
  {
    name: "a revocation by the control desk",
    kind: "legitimate",
    run: async (world) => taken(world, await world.hospital.revoke("huda")),
  },
  {
    name: "a nurse who came back after a revocation",
    kind: "legitimate",
    run: async (world) => {
      const back = await world.hospital.enrol("huda", "4711", {
        statement: { number: 2, issuedAt: "2026-11-20T09:30:00Z" },
      });
      const jws = await world.hospital.revoke("huda");
      const rows = [
        { kind: "roster-entry", subject: "huda", number: 2, jws: back.jws },
        { kind: "revocation", subject: "huda", number: 1, jws },
      ];
      return admitted(world, rows, "huda");
    },
  },
];
