import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3-multiple-ciphers";

/** Never holds a byte; whoever has it locked works on this profile. */
const LOCK = "running.lock";

/** Another Amanah works on these files. Two would count generations and write the escrow file against each other. */
export class RunsAlready extends Error {
  override readonly name = "RunsAlready";
  constructor(options?: ErrorOptions) {
    super("Amanah runs already on this profile, perhaps for another OS session.", options);
  }
}

/**
 * Takes this profile for this process; answers how to give it back. SQLite's lock on an empty file: the OS lifts it with
 * the process, however that ends, on every platform, so that no kill leaves a PC that says *runs already*.
 * @throws RunsAlready
 */
export function takeProfile(dataDir: string): () => void {
  const file = join(dataDir, LOCK);
  closeSync(openSync(file, "a", 0o600));
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    const { code } = error as { readonly code?: unknown };
    if (typeof code === "string" && code.startsWith("SQLITE_BUSY"))
      throw new RunsAlready({ cause: error });
    throw error;
  }
  return () => {
    if (database.open) database.close();
  };
}
