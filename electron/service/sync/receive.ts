import { STATEMENT_JWS_URL } from "../../../shared/trust/index.ts";
import type { Generation, CursorRow, Journal, NewInboxPage, Received } from "../store/index.ts";
import { createPageSealer, INBOX_INFO } from "../vault/index.ts";
import type { PageSealer } from "../vault/index.ts";
import { partsOf, printOf } from "./batch-parts.ts";
import { createNewestKnown } from "./newest-known.ts";
import { NotAPage, isObject, parsePage } from "./page.ts";
import type { Page, PageEntry } from "./page.ts";
import { createGoneReceiver } from "./receive-gone.ts";
import { createRecent, OVERTAKING_MS } from "./recent.ts";
import { backfillAfter, isLast, NOTHING, pageIn, toldOf } from "./received.ts";
import { currentLocation, patientOf, referencedId } from "./references.ts";
import { groupCommit } from "./group-commit.ts";
import { bundleOf, sealPage } from "./sealed-page.ts";
import type {
  JournalThread,
  ReceivePage,
  ReceivedPage,
  ScopeEntry,
  StatementsPage,
} from "./types.ts";

const GATHER_MS = 40;
/** The last pages of a back-fill need not wait for others. */
const LULL_MS = 12;
/** Far more than an overlap repeats; about 170 bytes each. What is forgotten is merely received again. */
const REMEMBERED = 60_000;

/** What the journal's thread does with answers of the HIS: the event loop never parses, deflates or seals them. */
export function createReceiver(options: {
  readonly journal: Journal;
  readonly sealingKey: Uint8Array | null;
  readonly now: () => number;
  /** Pages that arrive within this time of each other are committed together. */
  readonly gatherMs?: number;
}): Omit<JournalThread, keyof Journal | keyof Generation | "ready"> {
  const { journal, now } = options;
  let sealer = options.sealingKey === null ? null : sealerOf(options.sealingKey);
  const newest = createNewestKnown(journal);
  const recent = createRecent(REMEMBERED);

  function sealerOf(publicKey: Uint8Array): PageSealer {
    return createPageSealer(Uint8Array.from(publicKey), INBOX_INFO, now);
  }

  const commit = groupCommit<Received>((group) => journal.receiveAll(group), {
    tick: () => performance.now(),
    gatherMs: options.gatherMs ?? GATHER_MS,
    lullMs: LULL_MS,
  });

  async function receivePage(input: ReceivePage): Promise<ReceivedPage> {
    let page: Page;
    try {
      page = pageIn(input);
    } catch (error) {
      // Nothing is committed: neither page nor cursor, so that the same question is asked again.
      if (error instanceof NotAPage) return { ...NOTHING, problem: error.message };
      throw error;
    }
    if (sealer === null) return { ...NOTHING, problem: "this PC has no vault yet" };
    // Back-fill says that a section is whole: it is not thinned by what came another way.
    const kept = page.entries.filter(
      (entry) =>
        !recent.overtaken(entry, input.answeredAt, OVERTAKING_MS) &&
        (input.kind === "backfill" || !recent.has(entry)),
    );
    const proofs = page.proofs.filter((entry) => input.kind === "backfill" || !recent.has(entry));
    const last = isLast(input, page);
    // Encounters only tell who is in scope; they are kept by back-fill and pull, once the patient is.
    const keeps = input.kind !== "scope" || input.type !== "Encounter";
    const inbox =
      keeps && (kept.length > 0 || proofs.length > 0 || last)
        ? await sealed(sealer, input, page, { kept, proofs }, last)
        : null;
    const cursor =
      input.cursor === null ? null : moved(input, page.greatest, input.cursor.notAfter);
    const backfill = backfillAfter(input, page);
    const meta = inbox === null ? null : newest.versions(kept, input.answeredAt, page.greatest);
    if (inbox !== null || cursor !== null || backfill !== null)
      // Questions about the scope wait for each other; only back-fill and pull run many side by side.
      await commit(
        {
          page: inbox,
          ...(cursor && { cursor }),
          ...(backfill && { backfill }),
          ...(meta && { meta }),
        },
        input.kind === "scope",
      );
    if (keeps) recent.add([...kept, ...proofs]);
    return {
      ...toldOf(input, page),
      // What only tells who is there is not kept, and nobody waits for it to be applied.
      fresh: keeps ? kept.length : 0,
      scope:
        input.kind === "scope"
          ? page.entries.flatMap((entry) => scopeEntry(entry, input.base))
          : [],
    };
  }

  function moved(
    { type }: ReceivePage,
    greatest: string | null,
    notAfter: string,
  ): CursorRow | null {
    const held = journal.cursors().find((row) => row.type === type);
    const wanted = greatest === null ? null : earlier(greatest, notAfter);
    if (wanted === null) return null;
    const cursor =
      held !== undefined && Date.parse(held.cursor) > Date.parse(wanted) ? held.cursor : wanted;
    return { type, cursor, lastPageAt: now(), problem: null };
  }

  return {
    setSealingKey(publicKey) {
      sealer = sealerOf(publicKey);
    },
    canSeal: () => sealer !== null,
    receivePage,
    mark({ kind, types, asOf, cursors, scope }) {
      // One small transaction says that all these types are gap-free; it carries no resources.
      const page: NewInboxPage = {
        kind,
        type: types.join(","),
        patient: null,
        last: true,
        asOf,
        resources: 0,
        sealed: new Uint8Array(0),
      };
      journal.receiveAll([
        ...cursors.map((cursor) => ({ page: null, cursor })),
        { page: types.length > 0 ? page : null, scope },
      ]);
    },
    sawStraight: recent.add,
    newestKnown: newest.list,
    forgetNewest: newest.forget,
    ...createGoneReceiver({ journal, sealer: () => sealer, commit, newest }),
    readStatements: statementsOf,
    readBatch({ bytes, questions }) {
      try {
        return { problem: null, parts: partsOf(bytes, questions) };
      } catch (error) {
        if (error instanceof NotAPage) return { problem: error.message, parts: [] };
        throw error;
      }
    },
    readPrint: printOf,
    putBackfill(row) {
      journal.receive({ page: null, backfill: row });
    },
  };
}

async function sealed(
  sealer: PageSealer,
  input: ReceivePage,
  page: Page,
  { kept, proofs }: { readonly kept: readonly PageEntry[]; readonly proofs: readonly PageEntry[] },
  last: boolean,
): Promise<NewInboxPage> {
  const { kind, type, patient, asOf } = input;
  const row = { kind, type, patient, last, asOf, resources: kept.length };
  if (kept.length + proofs.length === 0) return { ...row, sealed: new Uint8Array(0) };
  // Whole pages, the most by far, are sealed as they came.
  const bundle =
    kept.length === page.entries.length && proofs.length === page.proofs.length
      ? { bytes: input.bytes, encoding: input.encoding }
      : { bytes: bundleOf(kept, proofs), encoding: null };
  return { ...row, sealed: await sealPage(sealer, { kind, type, patient }, bundle) };
}

function scopeEntry(entry: PageEntry, base: string): ScopeEntry[] {
  const { type, id, resource } = entry;
  if (id === null) return [];
  if (type === "Location")
    return [{ type, id, partOf: referencedId(resource["partOf"], "Location", base) }];
  if (type !== "Encounter") return [];
  return [
    {
      type,
      id,
      patient: patientOf(resource, base),
      inProgress: resource["status"] === "in-progress",
      location: currentLocation(resource, base),
    },
  ];
}

function statementsOf(bytes: Uint8Array): StatementsPage {
  try {
    const page = parsePage(bytes);
    const jws = page.entries.flatMap(({ resource }) => {
      const extensions = Array.isArray(resource["extension"])
        ? (resource["extension"] as unknown[])
        : [];
      return extensions.flatMap((extension) =>
        isObject(extension) &&
        extension["url"] === STATEMENT_JWS_URL &&
        typeof extension["valueString"] === "string"
          ? [extension["valueString"]]
          : [],
      );
    });
    return {
      problem: null,
      jws,
      next: page.next,
      greatest: page.greatest,
      sorted: page.sorted,
    };
  } catch (error) {
    if (error instanceof NotAPage)
      return { problem: error.message, jws: [], next: null, greatest: null, sorted: false };
    throw error;
  }
}

/** The earlier of two instants. */
export function earlier(a: string, b: string): string {
  return Date.parse(a) <= Date.parse(b) ? a : b;
}
