import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where a word that must never be on disk in clear was found. */
export interface Leak {
  readonly file: string;
  readonly canary: string;
}

/**
 * Looks through every file below the folders (write-ahead logs and temporary files too) for any of the words, as UTF-8 and
 * as UTF-16. Words shorter than five letters prove nothing and are left out.
 */
export function findPlainText(folders: readonly string[], canaries: readonly string[]): Leak[] {
  const needles = canaries.flatMap((canary) =>
    canary.trim().length < 5
      ? []
      : [
          { canary, bytes: Buffer.from(canary, "utf8") },
          { canary, bytes: Buffer.from(canary, "utf16le") },
        ],
  );
  return folders.flatMap(filesBelow).flatMap((file) => {
    const content = readFileSync(file);
    return needles
      .filter(({ bytes }) => content.includes(bytes))
      .map(({ canary }) => ({ file, canary }));
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}
