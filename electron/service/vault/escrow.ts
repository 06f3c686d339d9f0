import { open as openFile, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { binding, fromBase64Url, utf8 } from "./bytes.ts";
import {
  encodeRecord,
  ESCROW_FORMAT,
  RECORD,
  scanEscrow,
  type RecordKind,
  type ScannedEscrow,
} from "./escrow-format.ts";
import { open, seal, SealBroken } from "./sealing.ts";

const INFO = "amanah/v1/escrow";
/** Acknowledged acts' bytes beyond which the file is rewritten with the unsent ones only. */
const REWRITE_BYTES = 8 * 1024 * 1024;

const Header = z.object({
  format: z.int(),
  version: z.string(),
  site: z.string(),
  workstation: z.string(),
});
export type EscrowHeader = z.infer<typeof Header>;

const Numbered = z.object({ number: z.int().positive(), uuid: z.string().min(1) });

/**
 * Every unsent act, sealed to the hospital's recovery key, in a file beside the databases. It may be the only copy of a
 * ward's charting in the world: every answer comes after `fsync`, and nothing in it is ever overwritten in place.
 */
export interface Escrow {
  /** Keeps an act; a uuid that is kept already answers its number and writes nothing. */
  append(uuid: string, bytes: Uint8Array): Promise<number>;
  /** The HIS has them, or they are over: no longer needed. One write for all. Unknown uuids are ignored. */
  tombstone(...uuids: string[]): Promise<void>;
  /** Which of these unsent acts the file does not hold: append them again at start. */
  missing(uuids: readonly string[]): string[];
  /** What it holds and no tombstone covers. */
  live(): string[];
  /**
   * Rewrites the file with the unsent acts only, if what the HIS has makes up enough of it; answers whether it did. Saves
   * wait meanwhile. A kill leaves the old file or the new one, each whole.
   */
  compact(): Promise<boolean>;
  /** Torn or damaged stretches found at opening. */
  readonly damaged: number;
  close(): Promise<void>;
}

export interface EscrowInput {
  readonly file: string;
  readonly site: string;
  readonly workstation: string;
  readonly version: string;
  /** base64url X25519 public key of the hospital. */
  readonly recoveryKey: string;
  readonly rewriteBytes?: number;
}

function entryBody(number: number, uuid: string, sealed: Uint8Array): Uint8Array {
  const head = utf8(JSON.stringify({ number, uuid }));
  const out = Buffer.alloc(2 + head.length + sealed.length);
  out.writeUInt16BE(head.length);
  out.set(head, 2);
  out.set(sealed, 2 + head.length);
  return out;
}

function readEntry(body: Uint8Array): { number: number; uuid: string; sealed: Uint8Array } | null {
  const bytes = Buffer.from(body);
  if (bytes.length < 2) return null;
  const end = 2 + bytes.readUInt16BE(0);
  const head = Numbered.safeParse(parsed(bytes.subarray(2, end)));
  return head.success ? { ...head.data, sealed: Uint8Array.from(bytes.subarray(end)) } : null;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

interface Contents {
  readonly header: EscrowHeader | null;
  readonly entries: Map<string, { number: number; body: Uint8Array; bytes: number; sent: boolean }>;
  readonly last: number;
}

function contentsOf(scanned: ScannedEscrow): Contents {
  const entries: Contents["entries"] = new Map();
  let header: EscrowHeader | null = null;
  let last = 0;
  for (const { kind, body } of scanned.records) {
    if (kind === RECORD.header) {
      const read = Header.safeParse(parsed(body));
      if (read.success) header = read.data;
    } else if (kind === RECORD.entry) {
      const entry = readEntry(body);
      if (entry === null) continue;
      entries.set(entry.uuid, {
        number: entry.number,
        body,
        bytes: body.length,
        sent: false,
      });
      last = Math.max(last, entry.number);
    } else if (kind === RECORD.tombstone) {
      const stone = Numbered.safeParse(parsed(body));
      if (!stone.success) continue;
      last = Math.max(last, stone.data.number);
      const entry = entries.get(stone.data.uuid);
      if (entry !== undefined) entry.sent = true;
    }
  }
  return { header, entries, last };
}

/** Opens the escrow file, or makes it. A torn tail is left where it is and written after. */
export async function openEscrow(input: EscrowInput): Promise<Escrow> {
  const bytes = await readFile(input.file).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  const scanned = scanEscrow(bytes ?? new Uint8Array(0));
  const contents = contentsOf(scanned);
  const header = encodeRecord(
    RECORD.header,
    utf8(
      JSON.stringify({
        format: ESCROW_FORMAT,
        version: input.version,
        site: input.site,
        workstation: input.workstation,
      } satisfies EscrowHeader),
    ),
  );
  const limit = input.rewriteBytes ?? REWRITE_BYTES;
  if (deadBytes(contents) > limit && scanned.damaged.length === 0)
    await rewrite(input.file, header, contents);
  forgetBodies(contents);

  // SECURITY: 0600; the sealed acts are noise without the hospital's private key, their uuids are not.
  const handle = await openFile(input.file, "a", 0o600);
  if (contents.header === null) await durable(handle, header);
  await syncFolder(input.file);
  return escrowOver({
    handle,
    contents,
    file: input.file,
    header,
    limit,
    damaged: scanned.damaged.length,
    recoveryKey: fromBase64Url(input.recoveryKey),
  });
}

function deadBytes({ entries }: Contents): number {
  return [...entries.values()].reduce((sum, { sent, bytes }) => sum + (sent ? bytes : 0), 0);
}

/** What is on disk need not stay in memory too. */
function forgetBodies({ entries }: Contents): void {
  for (const entry of entries.values()) entry.body = new Uint8Array(0);
}

/** Keeps only what is unsent, in a new file that takes the old one's name when it is whole on disk. */
async function rewrite(file: string, header: Uint8Array, contents: Contents): Promise<void> {
  const fresh = `${file}.new`;
  await rm(fresh, { force: true });
  const handle = await openFile(fresh, "wx", 0o600);
  const parts: Uint8Array[] = [header];
  for (const [uuid, entry] of contents.entries) {
    if (entry.sent) contents.entries.delete(uuid);
    else parts.push(encodeRecord(RECORD.entry, entry.body));
  }
  // A stone without an entry carries the last number over, so that numbers are never used twice.
  const carried = utf8(JSON.stringify({ number: Math.max(contents.last, 1), uuid: "-" }));
  parts.push(encodeRecord(RECORD.tombstone, carried));
  try {
    await durable(handle, Buffer.concat(parts));
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  await syncFolder(file);
}

interface OpenEscrow {
  readonly handle: FileHandle;
  readonly contents: Contents;
  readonly file: string;
  readonly header: Uint8Array;
  readonly limit: number;
  readonly damaged: number;
  readonly recoveryKey: Uint8Array;
}

function escrowOver(opened: OpenEscrow): Escrow {
  const { file, header, limit, damaged, recoveryKey } = opened;
  const { entries } = opened.contents;
  let { handle } = opened;
  let last = opened.contents.last;
  let dead = deadBytes(opened.contents);
  let alive = [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0) - dead;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work, work);
    queue = turn.catch(() => null);
    return turn;
  };
  const write = (kind: RecordKind, body: Uint8Array): Promise<void> =>
    durable(handle, encodeRecord(kind, body));

  return {
    damaged,
    append: (uuid, bytes) =>
      inTurn(async () => {
        const held = entries.get(uuid);
        if (held !== undefined && !held.sent) return held.number;
        const number = last + 1;
        const sealed = await seal(recoveryKey, INFO, binding(INFO, number, uuid), bytes);
        const body = entryBody(number, uuid, sealed);
        await write(RECORD.entry, body);
        last = number;
        entries.set(uuid, {
          number,
          body: new Uint8Array(0),
          bytes: body.length,
          sent: false,
        });
        alive += body.length;
        return number;
      }),
    tombstone: (...uuids) =>
      inTurn(async () => {
        const stones = [...new Set(uuids)]
          .filter((uuid) => entries.get(uuid)?.sent === false)
          .map((uuid, index) => ({ number: last + 1 + index, uuid }));
        if (stones.length === 0) return;
        const records = stones.map((stone) =>
          encodeRecord(RECORD.tombstone, utf8(JSON.stringify(stone))),
        );
        await durable(handle, Buffer.concat(records));
        last += stones.length;
        for (const { uuid } of stones) {
          const held = entries.get(uuid);
          if (held === undefined) continue;
          held.sent = true;
          dead += held.bytes;
          alive -= held.bytes;
        }
      }),
    missing: (uuids) => uuids.filter((uuid) => entries.get(uuid)?.sent !== false),
    live: () => [...entries].filter(([, one]) => !one.sent).map(([uuid]) => uuid),
    compact: () =>
      inTurn(async () => {
        // Beyond the limit, and no less than what would be written again: a long outbox is not copied at every few acts.
        if (dead <= limit || dead < alive) return false;
        const scanned = scanEscrow(await readFile(file));
        // A torn stretch may be somebody's charting: it is kept as it is, for IT to look at.
        if (scanned.damaged.length > 0) return false;
        const contents = contentsOf(scanned);
        await rewrite(file, header, contents);
        const fresh = await openFile(file, "a", 0o600);
        await handle.close();
        handle = fresh;
        for (const uuid of entries.keys()) if (!contents.entries.has(uuid)) entries.delete(uuid);
        dead = 0;
        return true;
      }),
    close: () => inTurn(() => handle.close()),
  };
}

/** A write that failed half-way leaves a torn stretch, which readers step over; the next one goes after it. */
async function durable(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  await handle.appendFile(bytes);
  await handle.sync();
}

/** A new file exists for certain only when its folder is on disk too (not offered by Windows, nor needed there). */
async function syncFolder(file: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await openFile(dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export interface RecoveredAct {
  readonly number: number;
  readonly uuid: string;
  readonly bytes: Uint8Array;
  /**
   * A tombstone says the HIS has it. Tombstones carry no signature, so recovery hands these out as well: compare by uuid.
   */
  readonly sent: boolean;
}

/** For IT, with the hospital's private recovery key (base64url): every act an escrow file still holds, oldest first. */
export async function recoverEscrow(
  bytes: Uint8Array,
  privateKey: string,
): Promise<{
  readonly header: EscrowHeader | null;
  readonly acts: readonly RecoveredAct[];
  /** Entries that are whole but do not open with this key. */
  readonly unopened: readonly { readonly number: number; readonly uuid: string }[];
  readonly damaged: ScannedEscrow["damaged"];
  /** Every number that a whole entry or tombstone carries. */
  readonly numbers: readonly number[];
}> {
  const scanned = scanEscrow(bytes);
  const { header, entries } = contentsOf(scanned);
  const key = fromBase64Url(privateKey);
  const acts: RecoveredAct[] = [];
  const unopened: { number: number; uuid: string }[] = [];
  for (const { kind, body } of scanned.records) {
    const entry = kind === RECORD.entry ? readEntry(body) : null;
    if (entry === null) continue;
    const { number, uuid } = entry;
    try {
      const opened = await open(key, INFO, binding(INFO, number, uuid), entry.sealed);
      acts.push({ number, uuid, bytes: opened, sent: entries.get(uuid)?.sent === true });
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      unopened.push({ number, uuid });
    }
  }
  const numbers = scanned.records.flatMap(({ kind, body }) => {
    if (kind === RECORD.entry) return readEntry(body)?.number ?? [];
    const stone = kind === RECORD.tombstone ? Numbered.safeParse(parsed(body)) : null;
    return stone?.success === true ? [stone.data.number] : [];
  });
  return { header, acts, unopened, damaged: scanned.damaged, numbers };
}
