import type { Journal, Remote } from "../store/types.ts";
import { judgePosition, type Anchor, type Position, type TrailBreak } from "./anchor.ts";
import { GENESIS } from "./chain.ts";
import { readHead, type PublicKey } from "./head.ts";

/** Entries a call of the journal's thread: a save waits for no more than one of them. */
const PAGE = 500;

/** What a check of the whole trail found. */
export interface TrailVerdict {
  readonly entries: number;
  /** The first of all that is amiss now; null: the trail is whole and leads to every position signed. */
  readonly broken: TrailBreak | null;
  /** Breaks found at earlier starts: whole since, and not before. */
  readonly breaks: Anchor["breaks"];
  /** The last entry that a signed head covers; null: none. */
  readonly signedTo: number | null;
  readonly heads: { readonly good: number; readonly otherKeys: number };
}

/** Whole now, and at every start before. */
export function isWhole({ broken, breaks }: TrailVerdict): boolean {
  return broken === null && breaks.length === 0;
}

/**
 * Checks the whole trail: every link of the chain, every signed head in the file, the position in the keychain, and
 * positions known from elsewhere (the HIS). In pieces, each a call of the journal's thread.
 */
export async function verifyTrail(input: {
  readonly journal: Pick<
    Remote<Journal>,
    "auditTail" | "audit" | "checkAudit" | "auditHeads" | "wrongAuditHead"
  >;
  /** Null: the keychain keeps none, or does not answer. */
  readonly anchor: Anchor | null;
  readonly keys: readonly PublicKey[];
  readonly elsewhere?: readonly Position[];
  readonly onProgress?: (checked: number, of: number) => void;
}): Promise<TrailVerdict> {
  const { journal, anchor } = input;
  const last = (await journal.auditTail())?.seq ?? 0;
  const faults: TrailBreak[] = [];

  let at: { seq: number; hash: string } = { seq: 0, hash: GENESIS };
  while (at.seq < last) {
    const page = await journal.checkAudit(at, PAGE);
    if (page.broken !== null) {
      faults.push(page.broken);
      break;
    }
    at = { seq: page.seq, hash: page.hash };
    input.onProgress?.(at.seq, last);
  }

  const heads = await journal.auditHeads();
  const wrong = await journal.wrongAuditHead();
  const goodBefore = (seq: number): number =>
    heads.findLast((head) => head.seq < seq && head.seq < (wrong ?? Infinity))?.seq ?? 0;
  // A link that is broken names its place exactly: a position behind it that does not fit says no more than that.
  const [link] = faults;
  const explained = (fault: TrailBreak, until: number): boolean =>
    fault.how === "replaced" && link !== undefined && fault.at <= link.at && link.at <= until;
  const put = (fault: TrailBreak, until: number): void => {
    if (!explained(fault, until)) faults.push(fault);
  };
  if (wrong !== null) put({ at: goodBefore(wrong) + 1, how: "replaced" }, wrong);
  let good = 0;
  let otherKeys = 0;
  for (const { seq, hash, jws } of heads) {
    const read = await readHead(jws, input.keys);
    if (read === "other-key") otherKeys += 1;
    else if (read === "bad" || read.head.seq !== seq || read.head.hash !== hash)
      faults.push({ at: seq, how: "head-forged" });
    else good += 1;
  }

  const positions = [anchor?.head ?? [], heads.at(-1) ?? [], input.elsewhere ?? []].flat();
  for (const position of positions) {
    const [row] = await journal.audit(position.seq, 1);
    const hash = row?.seq === position.seq ? row.hash : null;
    const fault = judgePosition(position, hash, last, goodBefore(position.seq));
    if (fault !== null) put(fault, position.seq);
  }
  // Heads are signed by the keychain's key at the keychain's side: one without the other was taken away.
  if (anchor === null && heads.length > 0) faults.push({ at: 1, how: "anchor-missing" });

  return {
    entries: last,
    broken: faults.toSorted((a, b) => a.at - b.at)[0] ?? null,
    breaks: anchor?.breaks ?? [],
    signedTo: heads.at(-1)?.seq ?? null,
    heads: { good, otherKeys },
  };
}
