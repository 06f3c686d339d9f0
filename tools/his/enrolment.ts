import { randomBytes } from "node:crypto";
import type { Basic } from "@medplum/fhirtypes";
import { makeClinicianKeys, makeRecoveryKeys } from "../../electron/service/vault/index.ts";
import { carrierOf, RosterEntry } from "../../shared/trust/index.ts";
import type {
  EnrolmentRequest,
  JoinRequest,
  KdfParameters,
  PublicEcJwk,
  StatementCarrier,
  StatementKind,
  WorkstationPublicKey,
} from "../../shared/trust/index.ts";
import { checkDeviceJoin, makeControlKey, openDesk, thumbprintOf } from "../control/desk.ts";
import { openDeskFile } from "./desk-file.ts";
import type { Person } from "./people.ts";

const DAY = 24 * 60 * 60 * 1000;
const ES256 = { name: "ECDSA", namedCurve: "P-256" } as const;

export interface DeskOptions {
  readonly path: string;
  readonly site: string;
  readonly now: () => Date;
  readonly kdf: KdfParameters;
  /** Lets a workstation sign in at the HIS from now on. */
  readonly register: (workstation: string, key: PublicEcJwk, kid: string) => void;
}

/**
 * The hospital's enrolment desk: holds the control key, the recovery key and the site pepper, which neither the HIS nor
 * any workstation's software may hold, and says by signed statement who may work and which PC has joined.
 */
export interface EnrolmentDesk {
  readonly trust: { readonly controlKey: PublicEcJwk; readonly recoveryKey: string };
  /** The roster entry of each person, as the Basic resource that carries it; a new one only where something changed. */
  enrol(
    people: readonly Person[],
    wards: readonly string[],
  ): Promise<{ resource: Basic & { id: string }; changed: boolean }[]>;
  /** Puts whoever asked on the roster, with her own keys and the desk's words for name, roles and wards. */
  approve(
    request: EnrolmentRequest,
    person: Pick<Person, "name" | "roles">,
    wards: readonly string[],
  ): Promise<{ jws: string; resource: Basic & { id: string } }>;
  /** A new one-time code; with `workstation` it is good for that one only, and an unused one is given again. */
  joinCode(workstation?: string): string;
  /** The `join` statement's JWS; null when the code is unknown, used by another key, or another workstation's. */
  join(request: JoinRequest): Promise<string | null>;
  /** Signs any statement, e.g. a revocation; with it the Basic resource that carries it. */
  issue(
    kind: StatementKind,
    subject: string,
    body: unknown,
    days: number,
  ): Promise<{ jws: string; resource: Basic & { id: string } }>;
  close(): void;
}

export async function openEnrolmentDesk(options: DeskOptions): Promise<EnrolmentDesk> {
  const file = openDeskFile(options.path);
  const { site, now } = options;
  const kept = async (name: string, make: () => Promise<string>): Promise<string> => {
    const value = file.secret(name) ?? (await make());
    if (file.secret(name) === null) file.keepSecret(name, value);
    return value;
  };
  const controlJwk = JSON.parse(await kept("control-key", makeControlKey)) as webcrypto.JsonWebKey;
  const signingKey = await webcrypto.subtle.importKey("jwk", controlJwk, ES256, false, ["sign"]);
  const publicJwk = PublicEcJwk.parse(controlJwk);
  const kid = await thumbprintOf(publicJwk);
  const recovery = JSON.parse(
    await kept("recovery-key", () => Promise.resolve(JSON.stringify(makeRecoveryKeys()))),
  ) as {
    publicKey: string;
  };
  const pepper = Buffer.from(
    await kept("site-pepper", async () => randomBytes(32).toString("base64url")),
    "base64url",
  );

  async function sign(
    kind: StatementKind,
    subject: string,
    body: unknown,
    days: number,
  ): Promise<string> {
    const issuedAt = now();
    const payload: StatementPayload = {
      v: 1,
      site,
      kind,
      subject,
      number: file.nextNumber(kind, subject),
      issuedAt: issuedAt.toISOString(),
      expiresAt: new Date(issuedAt.getTime() + days * DAY).toISOString(),
      body,
    };
    return signStatement(payload, signingKey, kid);
  }

  async function makeEntry(person: Person, wards: readonly string[]): Promise<RosterEntry> {
    const { keys, wrapped } = await makeClinicianKeys({
      pin: person.pin,
      pepper,
      site,
      clinician: person.id,
      kdf: options.kdf,
    });
    const from = now().getTime() - DAY;
    return {
      clinician: person.id,
      name: person.name,
      roles: [...person.roles],
      wards: [...wards],
      keys,
      wrapped,
      badges: [],
      validFrom: new Date(from).toISOString(),
      validTo: new Date(from + 366 * DAY).toISOString(),
    };
  }

  async function enrol(person: Person, wards: readonly string[]) {
    const before = file.entry(person.id);
    if (before !== null) {
      const { entry, jws } = JSON.parse(before) as { entry: RosterEntry; jws: string };
      if (entry.wards.join() === wards.join())
        return { resource: carrier("roster-entry", person.id, jws), changed: false };
      return put({ ...entry, wards: [...wards] });
    }
    return put(await makeEntry(person, wards));
  }
  async function put(entry: RosterEntry) {
    const jws = await sign("roster-entry", entry.clinician, RosterEntry.parse(entry), 365);
    file.keepEntry(entry.clinician, JSON.stringify({ entry, jws }));
    return { jws, resource: carrier("roster-entry", entry.clinician, jws), changed: true };
  }

  return {
    trust: { controlKey: { ...publicJwk, kid }, recoveryKey: recovery.publicKey },
    async issue(kind, subject, body, days) {
      const jws = await sign(kind, subject, body, days);
      return { jws, resource: carrier(kind, subject, jws) };
    },
    async enrol(people, wards) {
      const entries = [];
      for (const person of people) entries.push(await enrol(person, wards));
      return entries;
    },
    async approve({ clinician, keys, wrapped, badges }, { name, roles }, wards) {
      const from = now().getTime() - DAY;
      const { jws, resource } = await put({
        clinician,
        name,
        roles: [...roles],
        wards: [...wards],
        keys,
        wrapped,
        badges,
        validFrom: new Date(from).toISOString(),
        validTo: new Date(from + 366 * DAY).toISOString(),
      });
      return { jws, resource };
    },
    joinCode(workstation) {
      const unused = workstation === undefined ? null : file.unusedCode(workstation);
      if (unused !== null) return unused;
      const code = randomBytes(12).toString("base64url");
      file.addCode(code, workstation ?? null);
      return code;
    },
    async join(request) {
      const code = file.code(request.code);
      const thumbprint = await thumbprintOf(request.key);
      if (code === null || request.key.crv !== "P-384") return null;
      if (code.workstation !== null && code.workstation !== request.workstation) return null;
      // SECURITY: a code serves one key, once; the same key may ask again, because its first answer may have been lost.
      if (code.usedBy !== null && code.usedBy !== thumbprint) return null;
      file.useCode(request.code, thumbprint);
      const sealed = await sealForJoin({
        pepper,
        box: request.box,
        workstation: request.workstation,
      });
      const body: Join = { workstation: request.workstation, thumbprint, pepper: sealed };
      const statement = await sign("join", request.workstation, body, 365);
      options.register(request.workstation, request.key, thumbprint);
      return statement;
    },
    close: () => file.close(),
  };
}

/** RFC 7638. */
async function thumbprintOf({ kty, crv, x, y }: PublicEcJwk): Promise<string> {
  return calculateJwkThumbprint({ kty, crv, x, y });
}

async function makeControlKey(): Promise<string> {
  const { privateKey } = await webcrypto.subtle.generateKey(ES256, true, ["sign"]);
  return JSON.stringify(await webcrypto.subtle.exportKey("jwk", privateKey));
}

/** The resource a statement travels in (shared/trust/statement.ts). */
function carrier(kind: StatementKind, subject: string, jws: string): Basic & { id: string } {
  return {
    resourceType: "Basic",
    id: `${kind}-${subject}`,
    identifier: [{ system: STATEMENT_SYSTEM, value: subject }],
    code: { coding: [{ system: STATEMENT_SYSTEM, code: kind }], text: kind },
    extension: [{ url: STATEMENT_JWS_URL, valueString: jws }],
  };
}
