import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import {
  makeEnvelope,
  StatementRefused,
  verifyStatement,
} from "../../../electron/service/vault/index.ts";
import { Envelope } from "../../../shared/trust/index.ts";
import { explain } from "../explain.ts";
import { makeKeyFile, readHead, type KeyFileHead } from "../key-file.ts";
import { keyFileOf, since, Usage, type ControlIo, type Room, type Typed } from "../room.ts";

const YEAR = 365;
const DAY_MS = 86_400_000;

/** `init`: makes the hospital's keys, once. */
export async function init(io: ControlIo, given: Typed): Promise<void> {
  const site = given.required("site");
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u.test(site))
    throw new Usage("--site: letters, digits, dot, dash, underscore; at most 64");
  const file = keyFileOf(given);
  if (existsSync(file)) throw new Usage(`${file} is there already; it is never written over`);
  const passphraseFile = given.text("passphrase-file");
  let passphrase: string;
  if (passphraseFile === undefined) {
    passphrase = await io.secret("New passphrase: ");
    if ((await io.secret("Once more: ")) !== passphrase) throw new Usage("They differ.");
  } else passphrase = readFileSync(passphraseFile, "utf8").trimEnd();
  const made = await makeKeyFile(file, site, passphrase);
  io.say(`Written: ${file}. Two copies in two safes, the passphrase in neither.`);
  io.say("For the policy of every PC:");
  io.out(JSON.stringify({ site, trust: publicKeysOf(made) }, null, 2));
}

function publicKeysOf({ controlKey, recoveryKey: recovery }: KeyFileHead): object {
  return { controlKey, recoveryKey: recovery };
}

/** `distrust` and `trust`: whether the HIS is believed. */
export async function hisTrust(room: Room, trusted: boolean): Promise<void> {
  const reason = room.typed.required("reason");
  const from = (since(room) ?? room.io.now()).toISOString();
  await room.confirm([
    trusted
      ? `Every PC believes the HIS again: ${reason}`
      : `No PC pulls or applies what the HIS says since ${from}: ${reason}`,
  ]);
  const body = { trusted, since: from, reason };
  await room.say("his-trust", room.secrets.site, body, YEAR);
}

/** `envelope`: a ward's emergency code, with the sheet that goes into the envelope. */
export async function envelope(room: Room): Promise<void> {
  const gone = room.typed.text("void");
  if (gone !== undefined) return voidEnvelope(room, gone);
  const [ward] = room.typed.positionals;
  if (ward === undefined) throw new Usage("envelope WARD [--days 180] --sheet FILE");
  const days = room.typed.whole("days", 180);
  const sheet = room.typed.required("sheet");
  const now = room.io.now();
  const validTo = new Date(now.getTime() + days * DAY_MS).toISOString();
  const id = `${ward}-${now.toISOString().slice(0, 10)}-${randomBytes(3).toString("hex")}`;
  await room.confirm([`A new envelope for ward ${ward}, good until ${validTo.slice(0, 10)}.`]);
  const { site } = room.secrets;
  const { body, code } = makeEnvelope({ random: randomBytes, site, ward, id, validTo });
  // SECURITY: the code is on the sheet and nowhere else, not in a terminal that scrolls back.
  writeFileSync(sheet, sheetOf({ site, ward, id, code, validTo }), { mode: 0o600, flag: "wx" });
  await room.say("envelope", id, body, days);
  room.io.say(`Print ${sheet}, put it into an envelope, seal and sign it; then delete the file.`);
}

/** Says of an envelope that may have been opened that it ended now; its code then opens no PC that hears of it. */
async function voidEnvelope(room: Room, id: string): Promise<void> {
  const said = await room.said();
  const body = said.findLast(({ kind, subject }) => kind === "envelope" && subject === id)?.body;
  if (body === undefined) throw new Usage(`${id} is no envelope of this desk`);
  const last = Envelope.parse(body);
  await room.confirm([`The envelope ${id} of ward ${last.ward} opens nothing any more.`]);
  await room.say("envelope", id, { ...last, validTo: room.io.now().toISOString() }, YEAR);
}

function sheetOf(of: { site: string; ward: string; id: string; code: string; validTo: string }) {
  return `EMERGENCY ACCESS                          ${of.site}, ward ${of.ward}
وصول الطوارئ

Only when nobody of this ward who can sign in is there, and a patient needs it now.

1. Lock screen: "Emergency access" / الوصول الطارئ
2. Your name, and why.
3. This code:

        ${of.code}

It opens each PC of the ward once, for a short time, for reading. Everyone sees later that it was used, and by what name.
Tell IT afterwards: the ward needs a new envelope.

Envelope ${of.id}, good until ${of.validTo.slice(0, 10)}
`;
}

/** `show`: verifies statements in a file and says what they do. Needs no passphrase. */
export async function show(io: ControlIo, given: Typed): Promise<void> {
  const [file] = given.positionals;
  if (file === undefined) throw new Usage("show FILE");
  const { controlKey, site } = readHead(keyFileOf(given));
  const text = readFileSync(file, "utf8");
  const found = text.match(/\bey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/gu) ?? [];
  if (found.length === 0) throw new Usage(`${file} holds no statement`);
  for (const jws of new Set(found)) {
    try {
      const now = io.now();
      const said = await verifyStatement(jws, { controlKey, site, now, ignoreExpiry: true });
      for (const line of explain(said)) io.out(line);
      if (Date.parse(said.expiresAt) <= now.getTime()) io.out("EXPIRED: no PC takes it any more.");
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      io.out(`REFUSED: ${error.reason}. No PC of ${site} obeys this.`);
    }
  }
}

/** `recovery-key`: the private key that opens escrow files, for `npm run recover`. */
export async function recoveryKey(room: Room): Promise<void> {
  const out = room.typed.required("out");
  await room.confirm([
    "Whoever has this key reads what was charted and not sent on every PC whose escrow file he holds.",
    "Delete it when the recovery is done.",
  ]);
  writeFileSync(out, `${room.secrets.recoveryPrivateKey}\n`, { mode: 0o600, flag: "wx" });
  room.io.say(`Written: ${out}`);
}
