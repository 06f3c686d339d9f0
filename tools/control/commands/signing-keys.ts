import { readFileSync } from "node:fs";
import { calculateJwkThumbprint } from "jose";
import { z } from "zod";
import { GUARDED_TYPES } from "../../../shared/fhir/index.ts";
import { AuthorRole, SigningJwk, SigningKeys } from "../../../shared/trust/index.ts";
import { Declined, list, oneOf, since, Usage, type Room } from "../room.ts";

const YEAR = 365;
const DAY_MS = 86_400_000;

type SigningKeyEntry = SigningKeys["keys"][number];

/**
 * `signing-keys`: with which keys a service of the hospital (the HIS, an interface) vouches for what its users change. A later
 * statement names all keys again, so those said before go along: what they signed stays as good as it was.
 */
export async function signingKeys(room: Room): Promise<void> {
  const [service] = room.typed.positionals;
  if (service === undefined)
    throw new Usage(
      "signing-keys SERVICE [--jwks FILE --for ROLE,ROLE --types TYPE,TYPE | --revoke KEY]",
    );
  const before = await lastSaid(room, service);
  if (room.typed.text("jwks") !== undefined) return addKeys(room, service, before);
  if (before === null) throw new Usage(`no key of ${service} was ever certified here: --jwks FILE`);
  if (room.typed.text("revoke") !== undefined) return revokeKey(room, before);
  return renewKeys(room, before);
}

async function addKeys(room: Room, service: string, before: SigningKeys | null): Promise<void> {
  const file = room.typed.required("jwks");
  const found = readJwks(readFileSync(file, "utf8"));
  const held = new Set(await Promise.all((before?.keys ?? []).map(({ jwk }) => kidOf(jwk))));
  const now = room.io.now();
  const days = room.typed.whole("days", YEAR);
  const fresh: SigningKeyEntry[] = [];
  const lines: string[] = [];
  for (const jwk of found) {
    const kid = await kidOf(jwk);
    if (held.has(kid)) continue;
    held.add(kid);
    // A ward PC's clock may be behind the desk's: the first thing it signs must not lie before its beginning.
    const validFrom = new Date(now.getTime() - DAY_MS).toISOString();
    const validTo = new Date(now.getTime() + days * DAY_MS).toISOString();
    fresh.push({ jwk, validFrom, validTo, revokedFrom: null });
    lines.push(
      `New: ${kid}, until ${validTo}. Compare it with what whoever runs ${service} reads out.`,
    );
  }
  if (fresh.length === 0)
    throw new Declined(`Every key in ${file} was certified before. Nothing was signed.`);
  const vouchesFor =
    before !== null && room.typed.text("for") === undefined ? before.vouchesFor : rolesOf(room);
  const types =
    before !== null && room.typed.text("types") === undefined ? before.types : typesOf(room);
  const body = { service, vouchesFor, types, keys: [...(before?.keys ?? []), ...fresh] };
  await room.confirm([
    `${service} may sign ${types.join(", ")} for ${vouchesFor.join(", ")}: every PC does at once what it signed.`,
    ...lines,
    ...(await linesOf(before?.keys ?? [])),
  ]);
  await room.say("signing-key", service, body, days);
}

/** The same keys for longer; those that were revoked or have ended stay so. */
async function renewKeys(room: Room, before: SigningKeys): Promise<void> {
  const now = room.io.now();
  const days = room.typed.whole("days", YEAR);
  const validTo = new Date(now.getTime() + days * DAY_MS).toISOString();
  const keys = before.keys.map((key) =>
    key.revokedFrom === null && Date.parse(key.validTo) > now.getTime() ? { ...key, validTo } : key,
  );
  await room.confirm([
    `The keys of ${before.service}, for ${days} more days:`,
    ...(await linesOf(keys)),
  ]);
  await room.say("signing-key", before.service, { ...before, keys }, days);
}

async function revokeKey(room: Room, before: SigningKeys): Promise<void> {
  const wanted = room.typed.required("revoke");
  const from = since(room) ?? room.io.now();
  const kids = await Promise.all(before.keys.map(({ jwk }) => kidOf(jwk)));
  const at = kids.indexOf(wanted);
  const key = before.keys[at];
  if (key === undefined)
    throw new Usage(`${before.service} has no such key. It has: ${kids.join(", ")}`);
  // SECURITY: what was once taken back is never given again by a slip of the date.
  if (key.revokedFrom !== null && Date.parse(key.revokedFrom) < from.getTime())
    throw new Declined(`It is revoked since ${key.revokedFrom} already. Nothing was signed.`);
  const keys = before.keys.map((one) =>
    one === key ? { ...one, revokedFrom: from.toISOString() } : one,
  );
  await room.confirm([
    `What ${wanted} of ${before.service} signed since ${from.toISOString()} counts for nothing, on every PC that hears of it.`,
    "A warning that was taken away with it since then stands again there, and waits for a doctor.",
  ]);
  await room.say(
    "signing-key",
    before.service,
    { ...before, keys },
    room.typed.whole("days", YEAR),
  );
}

/** What was last said of a service's keys here. */
async function lastSaid(room: Room, service: string): Promise<SigningKeys | null> {
  const said = await room.said();
  const last = said.findLast(({ kind, subject }) => kind === "signing-key" && subject === service);
  return last === undefined ? null : SigningKeys.parse(last.body);
}

const Jwks = z.union([
  z.object({ keys: z.array(z.unknown()).min(1) }).transform(({ keys }) => keys),
  z.unknown().transform((one) => [one]),
]);

/** A JWK set (RFC 7517), or one JWK. @throws {@link Declined} for a private key, or one of another kind. */
function readJwks(text: string): SigningJwk[] {
  return Jwks.parse(JSON.parse(text)).map((one) => {
    if (typeof one === "object" && one !== null && "d" in one)
      throw new Declined(
        "There is a PRIVATE key in this file: it never leaves its service. Nothing was signed.",
      );
    const jwk = SigningJwk.safeParse(one);
    if (!jwk.success) throw new Declined("Keys are P-256 or Ed25519, as JWK. Nothing was signed.");
    return jwk.data;
  });
}

function rolesOf(room: Room): AuthorRole[] {
  return list(room, "for").map((role) => oneOf("for", AuthorRole.options, role));
}

function typesOf(room: Room): string[] {
  return list(room, "types").map((type) => oneOf("types", GUARDED_TYPES, type));
}

async function linesOf(keys: readonly SigningKeyEntry[]): Promise<string[]> {
  return Promise.all(
    keys.map(async ({ jwk, validTo, revokedFrom }) => {
      const end = revokedFrom === null ? `until ${validTo}` : `revoked since ${revokedFrom}`;
      return `As before: ${await kidOf(jwk)}, ${end}`;
    }),
  );
}

function kidOf(jwk: SigningJwk): Promise<string> {
  return calculateJwkThumbprint(jwk);
}
