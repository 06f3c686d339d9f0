/** How a dialog's entry is kept. Give one that stays the same between renders. */
export interface Keeping<T> {
  readonly empty: T;
  /** What of it is kept: never a PIN, never a tick that has to be made anew. */
  readonly write: (entry: T) => object;
  /** Null when it is nothing we wrote. */
  readonly read: (kept: Readonly<Record<string, unknown>>) => T | null;
}

/** An entry as it is kept; null: it says no more than an empty one. */
export function writeKept<T>(entry: T, { empty, write }: Keeping<T>): string | null {
  const text = JSON.stringify(write(entry));
  return text === JSON.stringify(write(empty)) ? null : text;
}

/** What was kept, as far as it is ours; null: nothing of it is. */
export function readKept<T>(text: string, { read }: Keeping<T>): T | null {
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== "object" || kept === null) return null;
    return read(Object.fromEntries(Object.entries(kept)));
  } catch {
    return null;
  }
}

/** A dialog with nothing but a reason. */
export const keptReason: Keeping<string> = {
  empty: "",
  write: (reason) => ({ reason }),
  read: ({ reason }) => (typeof reason === "string" ? reason : null),
};
