/** A hospital for tests: a control key, a pepper and people who enrol, as the control desk would do it. Never shipped. */
import { webcrypto } from "node:crypto";
import type {
  PublicEcJwk,
  RosterEntry,
  StatementKind,
  StatementPayload,
} from "../../../shared/trust/index.ts";
import {
  makeClinicianKeys,
  makeRecoveryKeys,
  signStatement,
  type Keychain,
  type KeychainName,
} from "../vault/index.ts";

/** The moment tests live in. */
export const NOW = new Date("2026-11-20T10:00:00Z");
export const SITE = "north";
export const WORKSTATION = "pc-1";

/** The weakest parameters the format allows: tests are about the rules, not about the cost. */
const KDF = { name: "argon2id", memoryKib: 19_456, passes: 1, lanes: 1 } as const;

export interface Enrolled {
  readonly entry: RosterEntry;
  readonly jws: string;
}

export interface Hospital {
  readonly controlKey: PublicEcJwk;
  readonly pepper: Uint8Array;
  readonly recovery: { readonly publicKey: string; readonly privateKey: string };
  statement(
    kind: StatementKind,
    subject: string,
    body: unknown,
    change?: Partial<StatementPayload>,
  ): Promise<string>;
  enrol(
    clinician: string,
    pin: string,
    change?: { entry?: Partial<RosterEntry>; statement?: Partial<StatementPayload> },
  ): Promise<Enrolled>;
  revoke(clinician: string, change?: Partial<StatementPayload>): Promise<string>;
}

/** A hospital of its own keys; two of them never believe each other. */
export async function makeHospital(site = SITE): Promise<Hospital> {
  const pair = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const { x, y } = await webcrypto.subtle.exportKey("jwk", pair.publicKey);
  const pepper = webcrypto.getRandomValues(new Uint8Array(32));

  const statement: Hospital["statement"] = (kind, subject, body, change = {}) =>
    signStatement(
      {
        v: 1,
        site,
        kind,
        subject,
        number: 1,
        issuedAt: "2026-11-19T10:00:00Z",
        expiresAt: "2027-02-19T10:00:00Z",
        body,
        ...change,
      },
      pair.privateKey,
      "control",
    );

  return {
    controlKey: { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" },
    pepper,
    recovery: makeRecoveryKeys(),
    statement,
    async enrol(clinician, pin, change = {}) {
      const made = await makeClinicianKeys({ pin, pepper, site, clinician, kdf: KDF });
      const entry: RosterEntry = {
        clinician,
        name: { en: clinician, ar: "اسم" },
        roles: ["nurse"],
        wards: ["ward-a"],
        ...made,
        badges: [],
        validFrom: "2026-01-01T00:00:00Z",
        validTo: "2027-01-01T00:00:00Z",
        ...change.entry,
      };
      return {
        entry,
        jws: await statement("roster-entry", clinician, entry, change.statement ?? {}),
      };
    },
    revoke: (clinician, change = {}) =>
      statement(
        "revocation",
        clinician,
        { clinician, from: "2026-11-20T09:00:00Z", reason: "left" },
        { issuedAt: "2026-11-20T09:00:00Z", ...change },
      ),
  };
}

/** A keychain that lives as long as the test; `fault` makes every verb throw. */
export function memoryKeychain(
  fault?: () => void,
): Keychain & { readonly held: Map<string, Uint8Array> } {
  const held = new Map<string, Uint8Array>();
  return {
    backend: "memory",
    held,
    async get(name: KeychainName) {
      fault?.();
      return held.get(name) ?? null;
    },
    async set(name, secret) {
      fault?.();
      held.set(name, Uint8Array.from(secret));
    },
    async delete(name) {
      fault?.();
      held.delete(name);
    },
    async close() {},
  };
}
