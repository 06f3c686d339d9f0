import { carvePage, TABLE_LEAF, type CarvedRow } from "./btree.ts";
import type { Cell } from "./connection.ts";
import type { PageSource } from "./page-source.ts";

/** What is known of a table beforehand, so that its rows are known even when nothing leads to them any more. */
export interface TableShape {
  readonly name: string;
  /** One letter a column: i whole number, t text, b bytes, r the rowid itself; upper case: may be null. */
  readonly columns: string;
  /** Tells tables of one shape apart. */
  readonly looks?: (values: readonly Cell[]) => boolean;
  /** Indexes whose last column is the rowid: they tell which rows are missing. */
  readonly indexes?: readonly string[];
}

export interface CarvedTable {
  /** By rowid. */
  readonly rows: ReadonlyMap<number, readonly Cell[]>;
  /** Rowids that are known to have been there and cannot be read. */
  readonly lost: ReadonlySet<number>;
  /** For the lost ones: what an index still says of them. */
  readonly hints: ReadonlyMap<number, readonly Cell[]>;
  /** False if a page of this table is gone, so that there may have been rows that nothing tells of. */
  readonly complete: boolean;
}

export interface Carved {
  readonly tables: ReadonlyMap<string, CarvedTable>;
  readonly pages: number;
  readonly damagedPages: number;
  /** True if pages had to be given to their tables by the shape of their rows. */
  readonly guessed: boolean;
}

interface Tree {
  readonly rows: Map<number, readonly Cell[]>;
  readonly entries: CarvedRow[];
  readonly broken: number[];
  complete: boolean;
}

/** Brings back every row whose pages can be read: along the trees as far as they lead, then page by page. */
export function carve(source: PageSource, shapes: readonly TableShape[]): Carved {
  const visited = new Set<number>();
  const schema = walk(source, 1, visited);
  const roots = new Map<string, number>();
  for (const [, name, , root] of schema.rows.values()) {
    if (typeof name === "string" && typeof root === "number") roots.set(name, root);
  }
  const trees = new Map<string, Tree>();
  for (const { name } of shapes) {
    const root = roots.get(name);
    trees.set(name, root === undefined ? emptyTree(false) : walk(source, root, visited));
  }

  const guessed =
    (!schema.complete || [...trees.values()].some(({ complete }) => !complete)) &&
    adoptOrphans(source, shapes, trees, visited);

  const tables = new Map<string, CarvedTable>();
  for (const shape of shapes) {
    const tree = trees.get(shape.name) ?? emptyTree(false);
    const hints = new Map<number, readonly Cell[]>();
    for (const index of shape.indexes ?? []) {
      const root = roots.get(index);
      const entries = root === undefined ? [] : walk(source, root, visited).entries;
      for (const { values } of entries) {
        const rowid = values.at(-1);
        if (typeof rowid === "number" && !tree.rows.has(rowid)) hints.set(rowid, values);
      }
    }
    const lost = new Set([
      ...hints.keys(),
      ...tree.broken.filter((rowid) => !tree.rows.has(rowid)),
    ]);
    tables.set(shape.name, {
      rows: tree.rows,
      lost,
      hints,
      complete: tree.complete && lost.size === 0,
    });
  }

  let damagedPages = 0;
  for (let number = 1; number <= source.count; number++) {
    if (source.page(number) === null) damagedPages++;
  }
  return { tables, pages: source.count, damagedPages, guessed };
}

function emptyTree(complete: boolean): Tree {
  return { rows: new Map(), entries: [], broken: [], complete };
}

// Depth first; a page is visited once, so that a wrong pointer cannot make a circle.
function walk(source: PageSource, root: number, visited: Set<number>): Tree {
  const tree = emptyTree(true);
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (visited.has(number)) continue;
    visited.add(number);
    const page = carvePage(source, number);
    if (page === null) {
      tree.complete = false;
      continue;
    }
    for (const each of page.overflow) visited.add(each);
    for (const { rowid, values } of page.rows) tree.rows.set(rowid, values);
    tree.entries.push(...page.rows);
    tree.broken.push(...page.broken);
    waiting.push(...page.children);
  }
  return tree;
}

// Leaves that no tree leads to any more, because what led there is damaged. Freed pages are overwritten with zeros
// (secure_delete), so that what was deleted does not come back here.
function adoptOrphans(
  source: PageSource,
  shapes: readonly TableShape[],
  trees: ReadonlyMap<string, Tree>,
  visited: Set<number>,
): boolean {
  let adopted = false;
  for (let number = 2; number <= source.count; number++) {
    if (visited.has(number)) continue;
    const page = carvePage(source, number);
    if (page === null || page.type !== TABLE_LEAF || page.rows.length + page.broken.length === 0)
      continue;
    const tree = ownerOf(page.rows, shapes, trees);
    if (tree === null) continue;
    adopted = true;
    visited.add(number);
    for (const { rowid, values } of page.rows) {
      if (!tree.rows.has(rowid)) tree.rows.set(rowid, values);
    }
    tree.broken.push(...page.broken);
  }
  return adopted;
}

function ownerOf(
  rows: readonly CarvedRow[],
  shapes: readonly TableShape[],
  trees: ReadonlyMap<string, Tree>,
): Tree | null {
  if (rows.length === 0) return null;
  for (const shape of shapes) {
    const tree = trees.get(shape.name);
    // A tree that was walked to its end misses nothing.
    if (tree === undefined || tree.complete) continue;
    if (rows.every(({ values }) => fits(shape, values))) return tree;
  }
  return null;
}

function fits({ columns, looks }: TableShape, values: readonly Cell[]): boolean {
  if (values.length !== columns.length) return false;
  const all = values.every((value, index) => {
    const column = columns[index] ?? "";
    if (column === "r") return value === null;
    if (value === null) return column === column.toUpperCase();
    const kind = typeof value === "number" ? "i" : typeof value === "string" ? "t" : "b";
    return kind === column.toLowerCase();
  });
  return all && (looks === undefined || looks(values));
}
