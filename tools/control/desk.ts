import { hkdfSync, webcrypto } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import {
  checkDevice,
  itCode,
  sealForJoin,
  sealSeedForJoin,
  signStatement,
  type DeviceRefusal,
  type ItPurpose,
  joinText,
} from "../../electron/service/vault/index.ts";
import {
  carrierOf,
  PublicEcJwk,
  RosterEntry,
  type ClinicianRole,
  type EnrolmentRequest,
  type Join,
  type JoinRequest,
  type StatementCarrier,
  type StatementKind,
  type StatementPayload,
  type WorkstationPublicKey,
} from "../../shared/trust/index.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const ES256 = { name: "ECDSA", namedCurve: "P-256" } as const;

/** What only the hospital's desk holds; neither the HIS nor any workstation's software may. */
export interface DeskSecrets {
  readonly site: string;
  /** P-256, private, as JWK. */
  readonly controlKey: webcrypto.JsonWebKey;
  /** 32 bytes; every PIN's wrap needs it. */
  readonly pepper: Uint8Array;
  /** 32 bytes; the seeds of the PCs' spoken codes come from it, so that no list of them is kept. */
  readonly itSecret: Uint8Array;
}

export interface DeskInput {
  readonly secrets: DeskSecrets;
  /** Strictly increasing for a kind and subject, and on disk before it is answered. */
  readonly nextNumber: (kind: StatementKind, subject: string) => number;
  readonly now: () => Date;
}

/** A signed statement and the resource it travels in. */
export interface Issued {
  readonly jws: string;
  readonly payload: StatementPayload;
  readonly carrier: StatementCarrier;
}

/** What the desk decides about a person who asked to be enrolled. */
export interface Decision {
  readonly name: { readonly en: string; readonly ar: string };
  readonly roles: readonly ClinicianRole[];
  readonly wards: readonly string[];
  /** `MM-DD`. */
  readonly birthday?: string | undefined;
  readonly days: number;
}

/** The hospital's control desk: the one implementation behind `npm run control` and the demo HIS's desk. */
export interface Desk {
  readonly controlKey: PublicEcJwk & { readonly kid: string };
  issue(kind: StatementKind, subject: string, body: unknown, days: number): Promise<Issued>;
  /** The entry a request becomes; the desk's own words for name, roles and wards, her own keys. */
  entryOf(
    request: Pick<EnrolmentRequest, "clinician" | "keys" | "wrapped" | "badges">,
    decision: Decision,
  ): RosterEntry;
  /** Answers a request whose code or certificate was found good: pepper and seed, sealed to it, signed. */
  answerJoin(
    request: JoinRequest,
    days?: number,
  ): Promise<Issued & { readonly thumbprint: string }>;
  /** IT's spoken code for what a PC shows. */
  spokenCode(workstation: string, purpose: ItPurpose, challenge: string): string;
}

export async function openDesk(input: DeskInput): Promise<Desk> {
  const { site, controlKey, pepper } = input.secrets;
  const signing = await webcrypto.subtle.importKey("jwk", controlKey, ES256, false, ["sign"]);
  const publicJwk = PublicEcJwk.parse(controlKey);
  const kid = await thumbprintOf(publicJwk);

  async function issue(
    kind: StatementKind,
    subject: string,
    body: unknown,
    days: number,
  ): Promise<Issued> {
    const issuedAt = input.now();
    const payload: StatementPayload = {
      v: 1,
      site,
      kind,
      subject,
      number: input.nextNumber(kind, subject),
      issuedAt: issuedAt.toISOString(),
      expiresAt: new Date(issuedAt.getTime() + days * DAY_MS).toISOString(),
      body,
    };
    const jws = await signStatement(payload, signing, kid);
    return { jws, payload, carrier: carrierOf(kind, subject, jws) };
  }

  /** HKDF-SHA-256: one seed for each PC, from one secret. */
  function seedOf(workstation: string): Uint8Array {
    const info = `amanah/v1/it-seed|${site}|${workstation}`;
    return new Uint8Array(hkdfSync("sha256", input.secrets.itSecret, new Uint8Array(0), info, 32));
  }

  return {
    controlKey: { ...publicJwk, kid },
    issue,
    entryOf(request, { name, roles, wards, birthday, days }) {
      const from = input.now().getTime();
      return RosterEntry.parse({
        clinician: request.clinician,
        name,
        roles: [...roles],
        wards: [...wards],
        keys: request.keys,
        wrapped: request.wrapped,
        badges: request.badges,
        birthday,
        // A ward PC's clock may be behind the desk's: an entry must not begin in its future.
        validFrom: new Date(from - DAY_MS).toISOString(),
        validTo: new Date(from + days * DAY_MS).toISOString(),
      });
    },
    async answerJoin(request, days = 365) {
      const { workstation, box } = request;
      const thumbprint = await thumbprintOf(request.key);
      const body: Join = {
        workstation,
        thumbprint,
        pepper: await sealForJoin({ pepper, box, workstation }),
        it: await sealSeedForJoin({ seed: seedOf(workstation), box, workstation }),
      };
      return { ...(await issue("join", workstation, body, days)), thumbprint };
    },
    spokenCode: (workstation, purpose, challenge) =>
      itCode({ seed: seedOf(workstation), site, workstation, purpose, challenge }),
  };
}

/** Whether the hospital's device CA vouches for who sends this request. */
export async function checkDeviceJoin(
  request: JoinRequest,
  trust: { readonly roots: string; readonly domain?: string; readonly now: Date },
): Promise<"ok" | "none" | DeviceRefusal> {
  if (request.device === undefined) return "none";
  const { chain, proof } = request.device;
  const { workstation } = request;
  return checkDevice({ chain, proof, text: joinText(request), workstation, ...trust });
}

/** RFC 7638. */
export async function thumbprintOf(key: WorkstationPublicKey): Promise<string> {
  return key.kty === "EC"
    ? calculateJwkThumbprint({ kty: key.kty, crv: key.crv, x: key.x, y: key.y })
    : calculateJwkThumbprint({ kty: key.kty, n: key.n, e: key.e });
}

/** A new control key: P-256, private, as JWK. */
export async function makeControlKey(): Promise<webcrypto.JsonWebKey> {
  const { privateKey } = await webcrypto.subtle.generateKey(ES256, true, ["sign"]);
  return webcrypto.subtle.exportKey("jwk", privateKey);
}
