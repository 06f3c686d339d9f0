import { createRequire } from "node:module";
import { z } from "zod";

/** Zetetic's SQLCipher, as far as it is used here. */
export interface Zetetic {
  all(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

type Callback = (error: Error | null, rows?: unknown) => void;
interface Library {
  readonly OPEN_READONLY: number;
  readonly Database: new (
    file: string,
    mode: number,
    callback: (error: Error | null) => void,
  ) => {
    all(sql: string, callback: Callback): void;
    close(callback: (error: Error | null) => void): void;
  };
}
const Rows = z.array(z.record(z.string(), z.unknown()));

/** Opens a file with a raw key, read-only, with that library's own defaults (SQLCipher 4). */
export async function openZetetic(file: string, key: Uint8Array): Promise<Zetetic> {
  const library: Library = createRequire(import.meta.url)("@journeyapps/sqlcipher");
  const db = await new Promise<InstanceType<Library["Database"]>>((resolve, reject) => {
    const opened = new library.Database(file, library.OPEN_READONLY, (error) => {
      if (error === null) resolve(opened);
      else reject(error);
    });
  });
  const all = (sql: string): Promise<Record<string, unknown>[]> =>
    new Promise((resolve, reject) => {
      db.all(sql, (error, rows) => {
        if (error === null) resolve(Rows.parse(rows));
        else reject(error);
      });
    });
  await all(`PRAGMA key = "x'${Buffer.from(key).toString("hex")}'"`);
  return {
    all,
    close: () =>
      new Promise((resolve, reject) => {
        db.close((error) => (error === null ? resolve() : reject(error)));
      }),
  };
}
