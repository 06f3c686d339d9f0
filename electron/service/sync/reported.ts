import { HisError } from "../his/index.ts";
import type { SyncParts } from "./ask.ts";
import { NotAPage, parsePage } from "./page.ts";

/** What the HIS was asked for on a person's behalf, and what it gave. */
export interface Asked {
  /** False: it cannot be asked now, or did not answer. */
  readonly answered: boolean;
  readonly found: readonly Readonly<Record<string, unknown>>[];
  /** There is more than was asked for. */
  readonly more: boolean;
}

export const NOT_ASKED: Asked = { answered: false, found: [], more: false };
/** Some hundred small resources: what is larger is no answer to such a question. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The first page of a search that nothing of is kept. */
export function createQuestions({
  his,
  link,
}: Pick<SyncParts, "his" | "link">): (target: string) => Promise<Asked> {
  return async (target) => {
    try {
      const { bytes } = await link.run(async () => await his.get(target));
      if (bytes.byteLength > MOST_BYTES) return NOT_ASKED;
      const page = parsePage(bytes);
      const found = page.entries.map(({ resource }) => resource);
      return { answered: true, found, more: page.next !== null };
    } catch (error) {
      if (error instanceof HisError || error instanceof NotAPage) return NOT_ASKED;
      throw error;
    }
  };
}
