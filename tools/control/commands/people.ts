import { readFileSync, writeFileSync } from "node:fs";
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from "jose";
import { confirmationOf, enrolmentNonce } from "../../../electron/service/vault/index.ts";
import { ClinicianRole, EnrolmentRequest, RosterEntry } from "../../../shared/trust/index.ts";
import { Declined, list, oneOf, since, Usage, type Room } from "../room.ts";

const YEAR = 365;

/** `roster`: puts who asked on the roster, or with `--renew` confirms who is on it. */
export async function roster(room: Room): Promise<void> {
  const clinician = room.typed.text("renew");
  if (clinician !== undefined) return renew(room, clinician);
  const file = room.typed.required("request");
  const request = EnrolmentRequest.parse(JSON.parse(readFileSync(file, "utf8")));
  if (request.site !== room.secrets.site)
    throw new Declined(`This request is of another site: ${request.site}. Nothing was signed.`);
  const roles = list(room, "roles").map((role) => oneOf("roles", ClinicianRole.options, role));
  const birthday = room.typed.text("birthday");
  const days = room.typed.whole("days", YEAR);
  const en = room.typed.required("name-en");
  const ar = room.typed.text("name-ar") ?? en;
  const wards = list(room, "wards");
  const entry = room.desk.entryOf(request, {
    name: { en, ar },
    roles,
    wards,
    days,
    ...(birthday !== undefined && { birthday }),
  });
  const before = (await entries(room)).get(entry.clinician);
  await room.confirm([
    `${request.clinician} wants to be enrolled, from ${request.workstation}, at ${request.at}`,
    ...(await proofOf(room, request)),
    `As: ${en} / ${ar}, ${roles.join(", ")}, on ${wards.join(", ")}, for ${days} days, ${entry.badges.length} badges`,
    ...(before === undefined
      ? []
      : ["She is on the roster already: her former keys and PIN end where this is known."]),
    `Confirmation: ${confirmationOf(request)}. Ask her to read hers out, and look at who says it.`,
  ]);
  await room.say("roster-entry", entry.clinician, entry, days);
}

/** What the HIS's sign-in proves of it; a request without one rests on who vouches for her. */
async function proofOf(room: Room, request: EnrolmentRequest): Promise<string[]> {
  if (request.idToken === null)
    return ["NO SIGN-IN AT THE HIS: somebody who knows her must stand beside her."];
  const file = room.typed.text("his-jwks");
  if (file === undefined) {
    const { sub, iss } = decodeJwt(request.idToken);
    return [`Its sign-in says ${String(sub)} at ${String(iss)}; NOT CHECKED (give --his-jwks).`];
  }
  const keys = createLocalJWKSet(JSON.parse(readFileSync(file, "utf8")) as JSONWebKeySet);
  // Only its signature and what it is for: a request may lie for days until somebody comes to the desk.
  const { payload } = await jwtVerify(request.idToken, keys, {
    currentDate: new Date(request.at),
    algorithms: ["ES256", "ES384", "RS256", "RS384", "PS256"],
  });
  if (payload["nonce"] !== enrolmentNonce(request.keys))
    throw new Declined("The sign-in was not made for these keys. Nothing was signed.");
  return [`The HIS's sign-in, checked: ${String(payload.sub)} at ${String(payload.iss)}`];
}

async function renew(room: Room, clinician: string): Promise<void> {
  const entry = (await entries(room)).get(clinician);
  if (entry === undefined) throw new Usage(`${clinician} was never put on the roster here`);
  const days = room.typed.whole("days", YEAR);
  const wards = room.typed.text("wards") === undefined ? entry.wards : list(room, "wards");
  const validTo = new Date(room.io.now().getTime() + days * 86_400_000).toISOString();
  await room.confirm([
    `${entry.name.en} (${clinician}), ${entry.roles.join(", ")}, on ${wards.join(", ")}: until ${validTo}`,
  ]);
  await room.say("roster-entry", clinician, { ...entry, wards, validTo }, days);
}

/** `revoke`: nobody signs in as her from now on, or what she signed since an earlier moment does not count either. */
export async function revoke(room: Room): Promise<void> {
  const [clinician] = room.typed.positionals;
  if (clinician === undefined) throw new Usage("revoke CLINICIAN --reason TEXT [--since INSTANT]");
  const reason = room.typed.required("reason");
  const now = room.io.now();
  const from = since(room) ?? now;
  if (from > now) throw new Usage("--since is a moment that has been");
  await room.confirm([
    `Nobody signs in as ${clinician} any more, on any PC that hears of it: ${reason}`,
    ...(from < now
      ? [
          `What was signed as her since ${from.toISOString()} counts for nothing.`,
          "A warning that was taken away in her name since then stands again, and waits for a doctor.",
        ]
      : []),
  ]);
  const body = { clinician, from: from.toISOString(), reason };
  await room.say("revocation", clinician, body, room.typed.whole("days", YEAR));
}

/** `people`: the roster entries as they were last said, for `npm run recover -- --roster`. */
export async function people(room: Room): Promise<void> {
  const everyone = [...(await entries(room)).values()];
  const out = room.typed.required("out");
  writeFileSync(out, `${JSON.stringify(everyone, null, 2)}\n`);
  room.io.say(`${everyone.length} people: ${out}`);
}

async function entries(room: Room): Promise<Map<string, RosterEntry>> {
  const said = await room.said();
  return new Map(
    said.flatMap(({ kind, subject, body }) =>
      kind === "roster-entry" ? [[subject, RosterEntry.parse(body)] as const] : [],
    ),
  );
}
