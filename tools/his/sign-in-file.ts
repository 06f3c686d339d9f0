import Database from "better-sqlite3";
import type { Adapter, AdapterPayload } from "oidc-provider";

/** What the sign-in remembers, by model (Client, AccessToken, Session, …) and id. */
export interface SignInFile {
  get(model: string, id: string): AdapterPayload | undefined;
  put(model: string, id: string, payload: AdapterPayload, seconds?: number): void;
  remove(model: string, id: string): void;
  /** The library's storage for one model. */
  adapter(model: string): Adapter;
  close(): void;
}

/** Opens the sign-in's file; it outlives restarts. */
export function openSignInFile(path: string): SignInFile {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.exec(
    "CREATE TABLE IF NOT EXISTS entry (model TEXT, id TEXT, payload TEXT NOT NULL, expires INTEGER, PRIMARY KEY (model, id)) WITHOUT ROWID",
  );
  type Row = { payload: string; expires: number | null };
  const byId = database.prepare<[string, string], Row>(
    "SELECT payload, expires FROM entry WHERE model = ? AND id = ?",
  );
  const byUid = database.prepare<[string, string], Row>(
    "SELECT payload, expires FROM entry WHERE model = ? AND payload ->> 'uid' = ?",
  );
  const insert = database.prepare(
    "INSERT OR REPLACE INTO entry (model, id, payload, expires) VALUES (?, ?, ?, ?)",
  );
  const consumed = database.prepare(
    "UPDATE entry SET payload = json_set(payload, '$.consumed', ?) WHERE model = ? AND id = ?",
  );
  const remove = database.prepare("DELETE FROM entry WHERE model = ? AND id = ?");
  const revoke = database.prepare("DELETE FROM entry WHERE payload ->> 'grantId' = ?");
  const sweep = database.prepare("DELETE FROM entry WHERE expires < ?");
  const living = (row: Row | undefined): AdapterPayload | undefined =>
    row === undefined || (row.expires !== null && row.expires <= Date.now())
      ? undefined
      : (JSON.parse(row.payload) as AdapterPayload);
  const file: SignInFile = {
    get: (model, id) => living(byId.get(model, id)),
    put(model, id, payload, seconds) {
      sweep.run(Date.now());
      const expires = seconds === undefined ? null : Date.now() + seconds * 1000;
      insert.run(model, id, JSON.stringify(payload), expires);
    },
    remove: (model, id) => void remove.run(model, id),
    adapter: (model) => ({
      upsert: (id, payload, seconds) => Promise.resolve(file.put(model, id, payload, seconds)),
      find: (id) => Promise.resolve(file.get(model, id)),
      findByUid: (uid) => Promise.resolve(living(byUid.get(model, uid))),
      // No devices with a code to type exist here.
      findByUserCode: () => Promise.resolve(undefined),
      consume: (id) => Promise.resolve(void consumed.run(Math.floor(Date.now() / 1000), model, id)),
      destroy: (id) => Promise.resolve(file.remove(model, id)),
      revokeByGrantId: (grant) => Promise.resolve(void revoke.run(grant)),
    }),
    close: () => void database.close(),
  };
  return file;
}
