import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Keychain, KeychainName } from "./types.ts";

/** What stays of a PC that was wiped: no key, nothing of a patient. */
const WipedMark = z.object({
  v: z.literal(1),
  /** Every wipe this folder has seen, so that the same words never wipe a PC that was joined anew. */
  ids: z.array(z.string().min(1)).min(1),
  at: z.iso.datetime({ offset: true }),
  /**
   * `wiping`: past the point of no return; the next start goes on. `anew`: never written; read where a wiped PC has a
   * journal again, so that it was joined since.
   */
  state: z.enum(["wiping", "wiped", "anew"]),
  /** Tells the join code that was used up from a new one. */
  spent: z.string(),
});
export type WipedMark = z.infer<typeof WipedMark>;

const MARK = "wiped.json";
const JOURNAL = "journal.db";
const ESCROW = "unsent.escrow";
const LAST_POLICY = "policy.last-good.json";

/** SECURITY: the device key first: from then on neither file opens, whatever else is still there. */
const KEYS_FIRST: readonly KeychainName[] = [
  "device-key",
  "device-key-next",
  "site-pepper",
  "it-seed",
  "pin-failures",
  "generations",
  "audit-anchor",
];
/** Last: a signed report may still leave with it. */
const KEYS_LAST: readonly KeychainName[] = ["workstation-key-next", "workstation-key"];

/** Databases with all that was ever beside them: logs, copies, what salvage set aside. Nothing else in the folder. */
const DATABASES = /^(?:journal|chart)(?:[.-].*)?\.db(?:[.-].*)?$/u;

/** What a wipe left here; null on a PC that was never wiped. @throws when the mark is there and cannot be read */
export function readWiped(dataDir: string): WipedMark | null {
  const file = join(dataDir, MARK);
  if (!existsSync(file)) return null;
  const mark = WipedMark.parse(JSON.parse(readFileSync(file, "utf8")));
  // SECURITY: an old journal laid into a wiped folder opens nothing: its key is gone, and none is made over it.
  const again = mark.state === "wiped" && existsSync(join(dataDir, JOURNAL));
  return again ? { ...mark, state: "anew" } : mark;
}

/**
 * Whether this PC may start anew: IT has given it a join code that it had not when it was wiped, or it has started anew
 * already. (One that joins by its certificate starts anew when IT removes the mark: a wipe from before a join is void.)
 */
export function joinsAnew(mark: WipedMark, joinCode: string | null): boolean {
  if (mark.state === "anew") return true;
  return mark.state === "wiped" && joinCode !== null && spentBy(joinCode, mark.ids) !== mark.spent;
}

function spentBy(joinCode: string | null, ids: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([ids.at(-1), joinCode]))
    .digest("base64url");
}

/**
 * The point of no return, on disk when it returns: from here on every start goes on destroying. To be called only when
 * what is unsent is elsewhere.
 */
export function markWiping(input: {
  readonly dataDir: string;
  /** The order's `id`. */
  readonly id: string;
  readonly at: Date;
  readonly joinCode: string | null;
}): WipedMark {
  const ids = [...(readWiped(input.dataDir)?.ids ?? []).filter((id) => id !== input.id), input.id];
  const mark: WipedMark = {
    v: 1,
    ids,
    at: input.at.toISOString(),
    state: "wiping",
    spent: spentBy(input.joinCode, ids),
  };
  writeMark(input.dataDir, mark);
  return mark;
}

/**
 * Destroys this PC's keys, then its files; can be called again after a kill at any moment. Nothing may have the files open.
 * The escrow file stays, under a name that nobody goes on writing to: only the hospital's key opens it.
 * @throws KeychainError: what is left is destroyed by the next call
 */
export async function destroyAll(room: {
  readonly dataDir: string;
  readonly keychain: Pick<Keychain, "delete">;
  /** Says to the hospital that it is done, while the workstation key is still there; its failure changes nothing. */
  readonly report: () => Promise<void>;
  readonly step?: (name: string) => void;
}): Promise<WipedMark> {
  const { dataDir, keychain } = room;
  const step = room.step ?? (() => undefined);
  const mark = readWiped(dataDir);
  if (mark === null) throw new RangeError("nothing is destroyed without the mark");
  keepEscrow(dataDir);
  step("escrow-kept");
  for (const name of KEYS_FIRST) {
    await keychain.delete(name);
    step(`key ${name}`);
  }
  for (const name of readdirSync(dataDir).filter((each) => DATABASES.test(each))) {
    destroyFile(join(dataDir, name), step);
    step(`file ${name}`);
  }
  forgetJoinCode(join(dataDir, LAST_POLICY), step);
  step("join-code");
  await room.report().catch(() => undefined);
  step("reported");
  for (const name of KEYS_LAST) {
    await keychain.delete(name);
    step(`key ${name}`);
  }
  const wiped: WipedMark = { ...mark, state: "wiped" };
  writeMark(dataDir, wiped);
  return wiped;
}

function writeMark(dataDir: string, mark: WipedMark): void {
  const file = join(dataDir, MARK);
  writeFileSync(`${file}.new`, JSON.stringify(mark), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  if (process.platform === "win32") return;
  const folder = openSync(dataDir, "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** Gives the escrow file a name of its own, so that whoever works here next neither adds to it nor strikes out of it. */
function keepEscrow(dataDir: string): void {
  const file = join(dataDir, ESCROW);
  if (!existsSync(file)) return;
  for (let number = 1; ; number++) {
    const kept = `${file}.before-wipe-${number}`;
    if (existsSync(kept)) continue;
    renameSync(file, kept);
    return;
  }
}

const CHUNK = 1024 * 1024;

/**
 * Overwrites, cuts off, removes. A drive may keep old blocks all the same (wear levelling, snapshots, backups): what makes
 * them noise is that their key is gone.
 */
function destroyFile(file: string, step: (name: string) => void): void {
  const size = statSync(file).size;
  const handle = openSync(file, "r+");
  try {
    for (let at = 0; at < size; at += CHUNK)
      writeSync(handle, randomBytes(Math.min(CHUNK, size - at)), 0, undefined, at);
    fsyncSync(handle);
    step("overwritten");
    ftruncateSync(handle, 0);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  unlinkSync(file);
}

/** IT's decisions may stay; the code that let this PC in may not. */
function forgetJoinCode(file: string, step: (name: string) => void): void {
  if (existsSync(`${file}.new`)) destroyFile(`${file}.new`, step);
  if (!existsSync(file)) return;
  let stripped: string | null = null;
  try {
    const policy = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, "utf8")));
    const joining = z.record(z.string(), z.unknown()).safeParse(policy["join"]);
    if (!joining.success || (joining.data["code"] ?? null) === null) return;
    stripped = JSON.stringify({ ...policy, join: { ...joining.data, code: null } });
  } catch {
    // What cannot be read is destroyed whole.
  }
  destroyFile(file, step);
  if (stripped === null) return;
  writeFileSync(`${file}.new`, stripped, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}
