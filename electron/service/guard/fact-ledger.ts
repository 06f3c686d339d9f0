import type { Journal, LedgerPage, LedgerWrite } from "../store/index.ts";
import type { RowKey } from "../vault/index.ts";
import type { AcceptedFact } from "./fact.ts";
import { openLedgerPage, readFact, readRow, sealLedgerPage } from "./ledger.ts";

/** From so many characters on a page takes no further fact: each change of one of them writes the page anew. */
const FULL = 24 * 1024;

/** The ledger as one batch reads it and leaves it. Nothing is remembered from one batch to the next. */
export interface FactLedger {
  /** The last accepted versions, by `Type/id`; what cannot be opened is told. */
  read(
    keys: readonly { readonly type: string; readonly id: string }[],
    unreadable: (type: string, id: string) => void,
  ): Map<string, AcceptedFact>;
  /** What is to be written so that these are the last accepted versions. */
  written(facts: Iterable<AcceptedFact>): LedgerWrite[];
}

/** A page as the batch has it; the JSON of its facts by id, and null for one that does not open. */
interface OpenPage {
  readonly number: number | null;
  readonly type: string;
  readonly patient: string;
  readonly facts: Map<string, string> | null;
  /** Characters. */
  size: number;
  readonly placed: string[];
}

export function factLedger(
  journal: Pick<Journal, "ledger" | "ledgerEnd">,
  key: RowKey,
): FactLedger {
  const pages = new Map<number, OpenPage>();
  /** By `Type/id`; null: it is looked for, and in no page. */
  const places = new Map<string, OpenPage | null>();
  /** Where what is new of a patient and type goes. */
  const ends = new Map<string, OpenPage>();

  function opened(page: LedgerPage): OpenPage {
    const known = pages.get(page.number);
    if (known !== undefined) return known;
    const { number, type, patient } = page;
    const facts = openOrNull(key, page);
    const size = [...(facts?.values() ?? [])].reduce((sum, { length }) => sum + length, 0);
    const one = { number, type, patient, facts, size, placed: [] };
    pages.set(number, one);
    return one;
  }

  /** Looks for facts, and answers the rows of those that lie in none of the pages yet. */
  function look(keys: readonly { readonly type: string; readonly id: string }[]) {
    const found = journal.ledger(keys);
    for (const { type, id } of keys) places.set(`${type}/${id}`, null);
    const byNumber = new Map(found.pages.map((page) => [page.number, page]));
    for (const { type, id, page } of found.places) {
      const there = byNumber.get(page);
      if (there !== undefined) places.set(`${type}/${id}`, opened(there));
    }
    return found.rows;
  }

  /** The page in which there is room for one more. */
  function endOf(type: string, patient: string): OpenPage {
    const name = `${type}/${patient}`;
    const known = ends.get(name);
    if (known !== undefined && known.size < FULL) return known;
    const last = known === undefined ? journal.ledgerEnd(patient, type) : null;
    const end = last === null ? null : opened(last);
    const isOpen = end !== null && end.facts !== null && end.size < FULL;
    const chosen: OpenPage = isOpen
      ? end
      : { number: null, type, patient, facts: new Map(), size: 0, placed: [] };
    ends.set(name, chosen);
    return chosen;
  }

  return {
    read(keys, unreadable) {
      const facts = new Map<string, AcceptedFact>();
      const attempt = (type: string, id: string, work: () => AcceptedFact): void => {
        try {
          facts.set(`${type}/${id}`, work());
        } catch {
          unreadable(type, id);
        }
      };
      if (keys.length === 0) return facts;
      for (const row of look(keys)) attempt(row.type, row.id, () => readRow(key, row));
      for (const { type, id } of keys) {
        const page = places.get(`${type}/${id}`);
        if (page == null) continue;
        const json = page.facts?.get(id);
        if (page.facts === null) unreadable(type, id);
        else if (json !== undefined) attempt(type, id, () => readFact(json));
      }
      return facts;
    },
    written(facts) {
      const all = [...facts];
      const keys = all.map(({ resource: { resourceType: type, id } }) => ({ type, id }));
      look(keys.filter(({ type, id }) => !places.has(`${type}/${id}`)));
      const fresh = new Set<OpenPage>();
      for (const fact of all) {
        const { resourceType: type, id } = fact.resource;
        const json = JSON.stringify(fact);
        const before = places.get(`${type}/${id}`) ?? null;
        const there = before?.facts?.get(id);
        const stays = before !== null && before.facts !== null && before.patient === fact.patient;
        if (before !== null && there !== undefined && !stays) {
          // It is another patient's now.
          before.facts?.delete(id);
          before.size -= there.length;
          fresh.add(before);
        }
        const page = stays ? before : endOf(type, fact.patient);
        page.size += json.length - (page.facts?.get(id)?.length ?? 0);
        page.facts?.set(id, json);
        if (!stays) page.placed.push(id);
        places.set(`${type}/${id}`, page);
        fresh.add(page);
      }
      return [...fresh].map((page) => writeOf(key, page));
    },
  };
}

function writeOf(key: RowKey, { number, type, patient, facts, placed }: OpenPage): LedgerWrite {
  const sealed = sealLedgerPage(key, { type, patient }, facts ?? new Map());
  return { number, type, patient, placed, sealed };
}

function openOrNull(key: RowKey, page: LedgerPage): Map<string, string> | null {
  try {
    return openLedgerPage(key, page);
  } catch {
    return null;
  }
}

/**
 * Everything the ledger holds. Where a page that was put back holds a fact too that has another place now, the place counts; where
 * salvage found no place, the later page does.
 */
export function wholeLedger(
  journal: Pick<Journal, "wholeLedger">,
  key: RowKey,
): { readonly facts: readonly AcceptedFact[]; readonly unreadable: number } {
  const whole = journal.wholeLedger();
  const placed = new Map(whole.places.map(({ type, id, page }) => [`${type}/${id}`, page]));
  const facts = new Map<string, AcceptedFact>();
  let unreadable = 0;
  const attempt = (name: string, work: () => AcceptedFact): void => {
    try {
      facts.set(name, work());
    } catch {
      unreadable += 1;
    }
  };
  for (const row of whole.rows) {
    const name = `${row.type}/${row.id}`;
    if (!placed.has(name)) attempt(name, () => readRow(key, row));
  }
  for (const page of whole.pages) {
    const held = openOrNull(key, page);
    if (held === null) {
      // At least one.
      const lost = whole.places.filter((place) => place.page === page.number).length;
      unreadable += Math.max(lost, 1);
      continue;
    }
    for (const [id, json] of held) {
      const name = `${page.type}/${id}`;
      if ((placed.get(name) ?? page.number) === page.number) attempt(name, () => readFact(json));
    }
  }
  return { facts: [...facts.values()], unreadable };
}
