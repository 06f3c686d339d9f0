import { closedOnFailure } from "./chart.ts";
import type { Connection } from "./connection.ts";
import { migrate, type Format } from "./migrate.ts";
import { openEncrypted } from "./open.ts";
import { declareFinished, dropUnfinished, putInPlace, unfinished } from "./set-aside.ts";

/**
 * Fills a new file in one transaction and puts it in the damaged one's place.
 * @returns what `fill` gave, and the name under which the damaged file is kept
 * @throws StoreError `disk-full` and others; the damaged file is then where and as it was, and nothing is left beside it
 */
export function intoNewFile<T>(
  options: { readonly file: string; readonly key: Uint8Array },
  format: Format,
  fill: (db: Connection) => T,
): { readonly filled: T; readonly damagedFile: string } {
  const { file, key } = options;
  dropUnfinished(file);
  try {
    const db = openEncrypted({
      file: unfinished(file),
      key,
      create: true,
      synchronous: "FULL",
      cacheKib: 16_000,
    });
    const filled = closedOnFailure(db, () => {
      migrate(db, format);
      const given = db.write(() => fill(db));
      db.close();
      return given;
    });
    declareFinished(file);
    return { filled, damagedFile: putInPlace(file) ?? "" };
  } catch (error) {
    dropUnfinished(file);
    throw error;
  }
}
