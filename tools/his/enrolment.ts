import { randomBytes, type webcrypto } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { Basic } from "@medplum/fhirtypes";
import {
  makeClinicianKeys,
  makeEnvelope,
  makeRecoveryKeys,
  type ItPurpose,
} from "../../electron/service/vault/index.ts";
import { carrierOf, RosterEntry } from "../../shared/trust/index.ts";
import type {
  EnrolmentRequest,
  JoinRequest,
  KdfParameters,
  PublicEcJwk,
  StatementKind,
  WorkstationPublicKey,
} from "../../shared/trust/index.ts";
import { checkDeviceJoin, makeControlKey, openDesk, thumbprintOf } from "../control/desk.ts";
import { openDeskFile } from "./desk-file.ts";
import type { Person } from "./people.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const YEAR = 365;
const ENVELOPE_DAYS = 180;

export interface DeskOptions {
  readonly path: string;
  readonly site: string;
  readonly now: () => Date;
  readonly kdf: KdfParameters;
  /** Lets a workstation sign in at the HIS from now on. */
  readonly register: (workstation: string, key: WorkstationPublicKey, kid: string) => void;
  /** PEM of the CAs whose certificates speak for a new PC instead of a code; absent: none does. */
  readonly deviceCa?: string;
}

/** What the desk puts right in somebody's entry without her: the badges given to her, the wards she works on. */
export const EntryChange = RosterEntry.pick({ badges: true, wards: true }).partial();
export type EntryChange = z.infer<typeof EntryChange>;

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
    person: Pick<Person, "name" | "roles" | "birthday">,
    wards: readonly string[],
  ): Promise<{ jws: string; resource: Basic & { id: string } }>;
  /** A new entry of somebody on the roster, changed in this; everything else stays. Throws for who is not on it. */
  change(clinician: string, change: EntryChange): Promise<Basic & { id: string }>;
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
  /** IT's spoken code for the challenge a PC shows. */
  spokenCode(workstation: string, purpose: ItPurpose, challenge: string): string;
  /** A new envelope for a ward: the code in it, and the Basic resource that every PC needs to know of it. */
  envelope(ward: string): Promise<{ code: string; resource: Basic & { id: string } }>;
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
  const secret = async (name: string): Promise<Uint8Array> => {
    const text = await kept(name, async () => randomBytes(32).toString("base64url"));
    return Buffer.from(text, "base64url");
  };
  const controlKey = JSON.parse(
    await kept("control-key", async () => JSON.stringify(await makeControlKey())),
  ) as webcrypto.JsonWebKey;
  const recovery = JSON.parse(
    await kept("recovery-key", async () => JSON.stringify(makeRecoveryKeys())),
  ) as { publicKey: string };
  const pepper = await secret("site-pepper");
  const desk = await openDesk({
    secrets: { site, controlKey, pepper, itSecret: await secret("it-secret") },
    nextNumber: (kind, subject) => file.nextNumber(kind, subject),
    now,
  });

  async function enrol(person: Person, wards: readonly string[]) {
    const held = file.entry(person.id);
    if (held === null) return put(await newEntry(person, wards));
    const { entry, jws } = JSON.parse(held) as { entry: RosterEntry; jws: string };
    const current = RosterEntry.parse({
      ...entry,
      roles: [...person.roles],
      wards: [...wards],
      birthday: person.birthday,
      // A badge of her own, taken at the enrolment screen, counts more than the demo's.
      badges: entry.badges.length > 0 ? entry.badges : [...person.badges],
    });
    if (isDeepStrictEqual(current, entry))
      return { jws, resource: carrierOf("roster-entry", person.id, jws), changed: false };
    return put(current);
  }

  async function newEntry(person: Person, wards: readonly string[]): Promise<RosterEntry> {
    const { id: clinician, pin, badges } = person;
    const made = await makeClinicianKeys({ pin, pepper, site, clinician, kdf: options.kdf });
    return entryOf({ clinician, ...made, badges: [...badges] }, person, wards);
  }

  function entryOf(
    request: Pick<EnrolmentRequest, "clinician" | "keys" | "wrapped" | "badges">,
    person: Pick<Person, "name" | "roles" | "birthday">,
    wards: readonly string[],
  ): RosterEntry {
    const { name, roles, birthday } = person;
    return desk.entryOf(request, { name, roles, wards, birthday, days: YEAR });
  }

  async function put(entry: RosterEntry) {
    const { jws, carrier } = await desk.issue("roster-entry", entry.clinician, entry, YEAR);
    file.keepEntry(entry.clinician, JSON.stringify({ entry, jws }));
    return { jws, resource: carrier, changed: true };
  }

  /** Whether the request's code, or its certificate, lets this PC in. */
  async function admits(request: JoinRequest, thumbprint: string): Promise<boolean> {
    const { deviceCa } = options;
    if (request.device !== undefined && deviceCa !== undefined)
      return (await checkDeviceJoin(request, { roots: deviceCa, now: now() })) === "ok";
    if (request.code === null) return false;
    const code = file.code(request.code);
    if (code === null) return false;
    if (code.workstation !== null && code.workstation !== request.workstation) return false;
    // SECURITY: a code serves one key, once; the same key may ask again, because its first answer may have been lost.
    if (code.usedBy !== null && code.usedBy !== thumbprint) return false;
    file.useCode(request.code, thumbprint);
    return true;
  }

  return {
    trust: { controlKey: desk.controlKey, recoveryKey: recovery.publicKey },
    async issue(kind, subject, body, days) {
      const { jws, carrier } = await desk.issue(kind, subject, body, days);
      return { jws, resource: carrier };
    },
    async enrol(people, wards) {
      const entries = [];
      for (const person of people) entries.push(await enrol(person, wards));
      return entries;
    },
    async approve(request, person, wards) {
      const { jws, resource } = await put(entryOf(request, person, wards));
      return { jws, resource };
    },
    async change(clinician, change) {
      const held = file.entry(clinician);
      if (held === null) throw new RangeError(`Nobody on the roster is ${clinician}.`);
      const { entry } = JSON.parse(held) as { entry: unknown };
      const { resource } = await put(RosterEntry.parse({ ...RosterEntry.parse(entry), ...change }));
      return resource;
    },
    joinCode(workstation) {
      const unused = workstation === undefined ? null : file.unusedCode(workstation);
      if (unused !== null) return unused;
      const code = randomBytes(12).toString("base64url");
      file.addCode(code, workstation ?? null);
      return code;
    },
    async join(request) {
      const { key, workstation } = request;
      if (key.kty === "EC" && key.crv !== "P-384") return null;
      const thumbprint = await thumbprintOf(key);
      if (!(await admits(request, thumbprint))) return null;
      const { jws } = await desk.answerJoin(request);
      options.register(workstation, key, thumbprint);
      return jws;
    },
    spokenCode: (workstation, purpose, challenge) =>
      desk.spokenCode(workstation, purpose, challenge),
    async envelope(ward) {
      const id = `${ward}-${randomBytes(4).toString("hex")}`;
      const validTo = new Date(now().getTime() + ENVELOPE_DAYS * DAY_MS).toISOString();
      const { body, code } = makeEnvelope({ random: randomBytes, site, ward, id, validTo });
      const { carrier } = await desk.issue("envelope", id, body, ENVELOPE_DAYS);
      return { code, resource: carrier };
    },
    close: () => file.close(),
  };
}
