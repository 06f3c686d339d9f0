import { parseArgs } from "node:util";
import { envelope, hisTrust, init, recoveryKey, show } from "./commands/hospital.ts";
import { knowledge } from "./commands/knowledge.ts";
import { code, extend, join, rotate, seal, wipe } from "./commands/machines.ts";
import { people, revoke, roster } from "./commands/people.ts";
import { signingKeys } from "./commands/signing-keys.ts";
import { PassphraseRefused } from "./key-file.ts";
import { Declined, openRoom, typed, Usage, type ControlIo, type Room, type Typed } from "./room.ts";

export const USAGE = `npm run control -- COMMAND [options]        the hospital's offline desk

  init --site NAME                     makes the hospital's keys, once
  roster --request FILE --name-en NAME [--name-ar NAME] --roles nurse,doctor,pharmacist --wards ID,ID
         [--birthday MM-DD] [--days 365] [--his-jwks FILE]
  roster --renew CLINICIAN [--wards ID,ID] [--days 365]
  revoke CLINICIAN --reason TEXT [--since INSTANT]     nor counts what was signed as her since then
  envelope WARD --sheet FILE [--days 180]
  envelope --void ID                   its code opens nothing any more
  join --request FILE [--code CODE | --device-ca FILE [--domain DNS]]
  seal PC|--all --reason TEXT          nobody signs in there; nothing is destroyed
  unseal PC|--all --reason TEXT
  extend PC|--all [--days 7]           the offline limit
  wipe PC --reason TEXT                destroys one PC's keys and files
  rotate PC|--all --keys device,vault,workstation
  distrust --reason TEXT [--since INSTANT]      the HIS is not to be believed
  trust --reason TEXT
  signing-keys SERVICE --jwks FILE --for doctor,nurse --types AllergyIntolerance,Patient [--days 365]
                                       what the HIS or an interface signs with them counts as its users' word
  signing-keys SERVICE --revoke KEY [--since INSTANT]
  signing-keys SERVICE [--days 365]    its keys for longer
  knowledge FILE --version TEXT --title TEXT [--days 365]     what the drug-allergy check knows (a FHIR Bundle)
  code PC --purpose extend|unseal --challenge 12345678
  show FILE                            verifies statements and says what they do
  people --out FILE                    the roster as last said
  recovery-key --out FILE              opens escrow files; delete it afterwards

  --key FILE              the key file (control-key.json)
  --out FILE              the statement goes there instead of to stdout
  --bundle FILE           and a FHIR transaction with it, for the HIS
  --passphrase-file FILE  instead of asking
  --yes                   signs without asking, for scripts`;

const string = { type: "string" } as const;
const boolean = { type: "boolean" } as const;
const options = {
  key: string,
  out: string,
  bundle: string,
  "passphrase-file": string,
  yes: boolean,
  all: boolean,
  site: string,
  request: string,
  renew: string,
  "name-en": string,
  "name-ar": string,
  roles: string,
  wards: string,
  birthday: string,
  days: string,
  "his-jwks": string,
  reason: string,
  since: string,
  sheet: string,
  void: string,
  code: string,
  "device-ca": string,
  domain: string,
  keys: string,
  purpose: string,
  challenge: string,
  version: string,
  title: string,
  jwks: string,
  for: string,
  types: string,
  revoke: string,
};

/** Commands that need no passphrase. */
const open: Record<string, (io: ControlIo, given: Typed) => Promise<void>> = { init, show };

const signing: Record<string, (room: Room) => Promise<void>> = {
  roster,
  revoke,
  people,
  envelope,
  join,
  seal: (room) => seal(room, true),
  unseal: (room) => seal(room, false),
  extend,
  wipe,
  rotate,
  code,
  distrust: (room) => hisTrust(room, false),
  trust: (room) => hisTrust(room, true),
  knowledge,
  "signing-keys": signingKeys,
  "recovery-key": recoveryKey,
};

/** Runs one command. Answers the exit code: 0 done, 1 declined or refused, 64 typed wrongly. */
export async function runControl(argv: readonly string[], io: ControlIo): Promise<number> {
  try {
    const [command = "", ...rest] = argv;
    const { values, positionals } = parseArgs({
      args: [...rest],
      options,
      allowPositionals: true,
    });
    const given = typed(positionals, values);
    const openly = open[command];
    const withKeys = signing[command];
    if (openly !== undefined) await openly(io, given);
    else if (withKeys !== undefined) await withKeys(await openRoom(io, given));
    else throw new Usage(USAGE);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    io.say(error.message);
    if (error instanceof Declined || error instanceof PassphraseRefused) return 1;
    const typedWrongly = error instanceof Usage || error instanceof TypeError;
    return typedWrongly ? 64 : 1;
  }
}
