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
/** Of a page, some hundred small resources: what is larger is no answer to such a question. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The first pages of a search that nothing of is kept, so many at most. */
export function createQuestions({
  his,
  link,
}: Pick<SyncParts, "his" | "link">): (target: string, pages?: number) => Promise<Asked> {
  return async (target, pages = 1) => {
    const found: Asked["found"][number][] = [];
    let next: string | null = target;
    try {
      for (let page = 0; next !== null && page < pages; page += 1) {
        const asked: string = next;
        const { bytes } = await link.run(async () => await his.get(asked));
        if (bytes.byteLength > MOST_BYTES) return NOT_ASKED;
        const answer = parsePage(bytes);
        found.push(...answer.entries.map(({ resource }) => resource));
        next = answer.next;
      }
      return { answered: true, found, more: next !== null };
    } catch (error) {
      if (error instanceof HisError || error instanceof NotAPage) return NOT_ASKED;
      throw error;
    }
  };
}
