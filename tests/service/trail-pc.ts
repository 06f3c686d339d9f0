import {
  createAudit,
  createHeads,
  link,
  type AuditNote,
  type Heads,
} from "../../electron/service/audit/index.ts";
import { openEncrypted } from "../../electron/service/store/open.ts";
import { openJournal, type Journal, type Remote } from "../../electron/service/store/index.ts";
import { makeWorkstationKey, readWorkstationKey } from "../../electron/service/vault/index.ts";
import type { Keychain } from "../../electron/service/vault/index.ts";

/** The device key of these PCs. */
export const KEY = Uint8Array.from({ length: 32 }, (_, at) => at + 1);

/** What a keychain holds of a PC that has joined, as far as its trail needs it. */
export async function joinedKeychain(keychain: Keychain): Promise<void> {
  await keychain.set("device-key", KEY);
  await makeWorkstationKey(keychain, "workstation-key", "ES384");
}

/** A PC's journal with its trail and its heads, as the service wires them, without the service. */
export async function startPc(
  file: string,
  chain: Keychain,
): Promise<{ record: (note: AuditNote) => Promise<void>; heads: Heads; close(): void }> {
  const journal = openJournal({ file, key: KEY, create: true, chain: link });
  const remote = remoteOf(journal);
  const audit = createAudit({
    journal: remote,
    now: () => new Date("2026-11-20T10:00:00Z"),
    workstation: "pc-1",
  });
  const key = await readWorkstationKey(chain);
  if (key === null) throw new Error("the PC has its key");
  const heads = createHeads({
    journal: remote,
    keychain: chain,
    key: () => key,
    workstation: "pc-1",
    now: () => new Date("2026-11-20T10:00:00Z"),
    after: () => () => undefined,
    record: (note) => audit.record(note),
    onProblem: (error) => {
      throw error;
    },
  });
  await heads.opened();
  return { record: (note) => audit.record(note), heads, close: () => journal.close() };
}

function remoteOf(journal: Journal): Remote<Journal> {
  return new Proxy(journal, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      return typeof call === "function"
        ? async (...values: unknown[]): Promise<unknown> => call(...values)
        : call;
    },
  }) as unknown as Remote<Journal>;
}

/** What somebody does who has the device key and a database tool. */
export function tampered(
  file: string,
  statements: readonly (readonly [string, ...unknown[]])[],
): string {
  const db = openEncrypted({ file, key: KEY, synchronous: "FULL", cacheKib: 1_000 });
  for (const [sql, ...values] of statements) db.sql(sql).run(...(values as never[]));
  db.close();
  return file;
}

/** Edits an entry and makes all hashes after it fit, as who knows the rule would. */
export function rechained(file: string, at: number): void {
  const journal = openJournal({ file, key: KEY, chain: link });
  const rows = journal.audit(1, 1_000);
  journal.close();
  let hash = rows[at - 2]?.hash ?? "0".repeat(64);
  const changes = rows.slice(at - 1).map(({ seq, body }) => {
    const text = seq === at ? body.replace("huda", "sara") : body;
    hash = link(hash, seq, text);
    return ["UPDATE audit SET body = ?, hash = ? WHERE seq = ?", text, hash, seq] as const;
  });
  tampered(file, changes);
}
