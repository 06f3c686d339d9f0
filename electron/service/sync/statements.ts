import type { SyncParts } from "./ask.ts";
import { PageRefused } from "./ask.ts";
import { createPaging, later } from "./keyset.ts";
import { statementsQuestion } from "./questions.ts";
import { withCursor } from "./types.ts";

const TYPE = "Basic";

/**
 * Carries the control key's statements from the HIS to whoever verifies them. They do not pass the inbox: a PC without a
 * vault needs them to get one. The cursor moves only after `onStatements` has taken them.
 */
export function createStatements(
  parts: SyncParts,
  onStatements: (jws: readonly string[]) => Promise<void>,
): () => Promise<void> {
  // The overlap repeats them; who verifies need not see the same one twice.
  const delivered = new Set<string>();
  return async () => {
    const { his, link, journal, policy, now } = parts;
    const row = withCursor(await journal.cursors()).find(({ type }) => type === TYPE);
    const since =
      row === undefined
        ? null
        : new Date(Date.parse(row.cursor) - policy.overlapSeconds * 1000).toISOString();
    let target: string | null = statementsQuestion(since, policy.pageSize);
    let greatest: string | null = row?.cursor ?? null;
    const fresh: string[] = [];
    const seen = new Set<string>();
    const paging = createPaging((instant) => statementsQuestion(instant, policy.pageSize));
    while (target !== null) {
      const page: string = target;
      if (seen.has(page)) throw new PageRefused("its pages go in a circle");
      seen.add(page);
      const answer = await link.run(async () => await his.get(page));
      const read = await journal.readStatements(answer.bytes);
      if (read.problem !== null) throw new PageRefused(read.problem);
      fresh.push(...read.jws.filter((jws) => !delivered.has(jws)));
      greatest = later(greatest, read.greatest);
      target = paging.after(read);
    }
    if (fresh.length > 0) await onStatements(fresh);
    for (const jws of fresh) delivered.add(jws);
    if (greatest !== null && greatest !== row?.cursor)
      await journal.receive({
        page: null,
        cursor: { type: TYPE, cursor: greatest, lastPageAt: now(), problem: null },
      });
  };
}
