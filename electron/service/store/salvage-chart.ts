import { carve, type Carved, type CarvedTable, type TableShape } from "./carve.ts";
import { isDamage, pidOfSection, typeOfSection } from "./chart-sections.ts";
import { readHolds, unpackBody, type Holds } from "./chunk.ts";
import { textOf, type Cell, type Connection } from "./connection.ts";
import { generationInFile, keepGeneration } from "./generation.ts";
import { CHART_FORMAT } from "./migrate.ts";
import { pageSource } from "./page-source.ts";
import { copyRows, reportOf, type SalvageReport } from "./salvage-report.ts";
import { intoNewFile } from "./salvaged-file.ts";

export interface ChartSalvage extends SalvageReport {
  /** Sections that lost something: marked damaged and not loaded, to be fetched again. */
  readonly sections: readonly { readonly patient: string; readonly type: string }[];
  /** True if it cannot be told which sections or placements are lost: all of scope is to be fetched again. */
  readonly fetchAgain: boolean;
}

// The columns in the order of migrations/chart; a later migration that changes a table changes its shape here.
const PATIENTS: TableShape = {
  name: "patients",
  columns: "rt",
  looks: ([, patient]) => typeof patient === "string" && !patient.startsWith("{"),
};
const TYPES: TableShape = { name: "types", columns: "rtT" };
const SECTIONS: TableShape = { name: "sections", columns: "rTiiiii" };
const CHUNKS: TableShape = { name: "chunks", columns: "riiiibb", indexes: ["chunks_of_section"] };
const CARDS: TableShape = { name: "cards", columns: "rt" };
const PLACEMENTS: TableShape = { name: "placements", columns: "tttT" };
const UNREADABLE: TableShape = { name: "unreadable", columns: "ttttTi" };
const META: TableShape = { name: "meta", columns: "tt" };
const SHAPES = [CHUNKS, SECTIONS, PATIENTS, TYPES, PLACEMENTS, UNREADABLE, CARDS, META];

/**
 * Brings back all that can be read of a damaged chart.db into a new file in its place; the damaged one is kept. Intact
 * patients stay readable; a section that lost a chunk is marked damaged and not loaded. Close every connection first.
 * @throws StoreError `missing`, `plain-file`, `wrong-key`, `disk-full`; the file is then as it was
 */
export function salvageChart(options: {
  readonly file: string;
  /** 32 bytes, borrowed: the caller zeroes it. */
  readonly key: Uint8Array;
  /** What `generationInFile` said before the file was tried: a failed opening takes the log into the file. */
  readonly before?: number;
}): ChartSalvage {
  const { file, key } = options;
  const carved = carve(pageSource(file, key), SHAPES);
  const before = Math.min(options.before ?? Infinity, generationInFile(file, key));
  const { filled, damagedFile } = intoNewFile(options, CHART_FORMAT, (db) => {
    const sections = rebuild(db, carved);
    keepGeneration(db, before, carved.tables.get(META.name)?.rows.values() ?? []);
    return sections;
  });
  const report = reportOf(carved, damagedFile);
  const telling = [SECTIONS, PATIENTS, TYPES, PLACEMENTS, UNREADABLE].map(({ name }) => name);
  return {
    ...report,
    sections: filled,
    fetchAgain: telling.some((name) => report.incomplete.includes(name)),
  };
}

interface Survivor {
  readonly number: number;
  readonly section: number;
  readonly values: readonly Cell[];
  readonly holds: Holds;
}

function rebuild(db: Connection, carved: Carved): { patient: string; type: string }[] {
  for (const shape of [META, PATIENTS, TYPES, CARDS, PLACEMENTS, UNREADABLE])
    copyRows(db, shape, carved.tables.get(shape.name));
  const survivors = readableChunks(carved.tables.get(CHUNKS.name));
  const bySection = new Map<number, Survivor[]>();
  for (const chunk of survivors) {
    // A chunk names its patient and type itself: their own rows may be lost.
    db.sql("INSERT OR IGNORE INTO patients VALUES (?, ?)").run(
      pidOfSection(chunk.section),
      chunk.holds.patient,
    );
    db.sql("INSERT OR IGNORE INTO types VALUES (?, ?, NULL)").run(
      typeOfSection(chunk.section),
      chunk.holds.type,
    );
    db.sql("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)").run(
      chunk.number,
      ...chunk.values.slice(1),
    );
    const others = bySection.get(chunk.section);
    if (others === undefined) bySection.set(chunk.section, [chunk]);
    else others.push(chunk);
  }

  const known = carved.tables.get(SECTIONS.name)?.rows ?? new Map<number, readonly Cell[]>();
  const lostFrom = new Set<number>();
  for (const [section] of carved.tables.get(CHUNKS.name)?.hints.values() ?? []) {
    if (typeof section === "number") lostFrom.add(section);
  }
  const marked: ({ patient: string; type: string } | null)[] = [];
  for (const section of new Set([...known.keys(), ...bySection.keys(), ...lostFrom])) {
    const chunks = bySection.get(section) ?? [];
    const row = known.get(section);
    const [, asOf = null, wasDamaged, , expected, tail = 0, superseded = 0] = row ?? [];
    const damaged =
      row === undefined || wasDamaged === 1 || chunks.length !== expected || lostFrom.has(section);
    db.sql("INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?)").run(
      section,
      // CLINICAL: what may have lost a record is never shown as complete.
      damaged ? null : asOf,
      damaged ? 1 : 0,
      currentIds(chunks),
      chunks.length,
      damaged ? chunks.length : tail,
      damaged ? 0 : superseded,
    );
    if (damaged) marked.push(nameOf(db, section));
  }
  // CLINICAL: a number that no longer says whose it is must not become the next patient's.
  db.exec(`DELETE FROM sections WHERE section / 1024 NOT IN (SELECT pid FROM patients)
    OR section % 1024 NOT IN (SELECT number FROM types);
    DELETE FROM cards WHERE pid NOT IN (SELECT pid FROM patients)`);
  return marked.flatMap((name) => (name === null ? [] : [name]));
}

// A page can be whole and its chunk not: then it counts as lost, like the ones that cannot be read.
function readableChunks(table: CarvedTable | undefined): Survivor[] {
  const survivors: Survivor[] = [];
  for (const [number, values] of table?.rows ?? []) {
    const [, section, raw, packed, , holds, body] = values;
    if (
      typeof section !== "number" ||
      !(holds instanceof Uint8Array) ||
      !(body instanceof Uint8Array)
    )
      continue;
    try {
      unpackBody(body, packed === 1, Number(raw));
      survivors.push({ number, section, values, holds: readHolds(holds, packed === 1) });
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return survivors.toSorted((a, b) => a.number - b.number);
}

function currentIds(chunks: readonly Survivor[]): number {
  const ids = new Set<string>();
  for (const { holds } of chunks) {
    for (const id of holds.removed) ids.delete(id);
    for (const id of holds.versions.keys()) ids.add(id);
  }
  return ids.size;
}

function nameOf(db: Connection, section: number): { patient: string; type: string } | null {
  const patient = db.sql("SELECT patient FROM patients WHERE pid = ?").get(pidOfSection(section));
  const type = db.sql("SELECT type FROM types WHERE number = ?").get(typeOfSection(section));
  if (patient === undefined || type === undefined) return null;
  return { patient: textOf(patient, "patient"), type: textOf(type, "type") };
}
