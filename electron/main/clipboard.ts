import { createHash } from "node:crypto";
import { clipboard } from "electron";

/**
 * Clears the clipboard if it still holds what was copied from the page; whatever else is on it belongs to another app.
 * @param digest SHA-256 (hex) of the text as the page copied it.
 */
export async function clearIfOurs(digest: string | null): Promise<void> {
  if (digest === null) return;
  // Windows writes line ends of its own; the page counts them as one character.
  const held = (await clipboard.readText()).replaceAll("\r\n", "\n");
  if (createHash("sha256").update(held, "utf8").digest("hex") === digest) clipboard.clear();
}
