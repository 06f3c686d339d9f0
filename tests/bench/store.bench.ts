import { rmSync, statSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Plain from "better-sqlite3";
import type { FhirResource } from "../../shared/fhir/index.ts";
import {
  openChart,
  openChartReader,
  type CardMaker,
  type ChartWriter,
  NO_CHANGES,
} from "../../electron/service/store/index.ts";
import { ward } from "./store.generate.ts";

/**
 * The encrypted chart against plain better-sqlite3 with a row a resource: the same data, transactions, `synchronous`,
 * page cache and indexes. Both sides take turns batch by batch in the same run; every figure is the median of the rounds.
 */
const PATIENTS = 1000;
const RESOURCES = 100;
const BIG_PATIENTS = 40;
const BIG = 250;
const READ_PASSES = 5;
const PATIENTS_A_BATCH = 10;
const TRICKLE = 10_000;
const TRICKLE_BATCH = 1000;
const ROUNDS = 3;

type Arrival = { readonly patient: string; readonly resource: FhirResource };

/** Ratios (ours / plain): `store.applyRatio`, `store.trickleRatio`, `store.patientReadRatio`, `store.sizeRatio`, and what helps to judge them. */
export async function benchStore(): Promise<Record<string, number>> {
  const rounds: Record<string, number>[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(oneRound(round));
  const names = Object.keys(rounds[0] ?? {});
  return Promise.resolve(
    Object.fromEntries(
      names.map((name) => [name, median(rounds.map((each) => each[name] ?? Number.NaN))]),
    ),
  );
}

function oneRound(seed: number): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), "amanah-bench-"));
  try {
    return measure(folder, seed);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(folder: string, seed: number): Record<string, number> {
  const key = new Uint8Array(32).fill(7);
  const ourFile = join(folder, "chart.db");
  const plainFile = join(folder, "plain.db");
  const source = ward(seed + 1);
  const clock = stopwatches();
  let bytes = 0;

  // First sync: grouped by patient, type by type.
  let ours = openChart({ file: ourFile, key, card, create: true });
  let plain = openPlain(plainFile);
  const bigOnes: string[] = [];
  for (let at = 0; at < PATIENTS; at += PATIENTS_A_BATCH) {
    const batch = arrivals(source, at, PATIENTS_A_BATCH, RESOURCES);
    bytes += batch.reduce((sum, { resource }) => sum + JSON.stringify(resource).length, 0);
    inTurns(
      at / PATIENTS_A_BATCH,
      clock,
      "apply",
      () => writeOurs(ours, batch),
      () => plain.write(batch),
    );
  }
  inTurns(
    seed,
    clock,
    "apply",
    () => ours.close(),
    () => plain.close(),
  );
  const size = statSync(ourFile).size / statSync(plainFile).size;

  // The patients that are read whole.
  ours = openChart({ file: ourFile, key, card });
  plain = openPlain(plainFile);
  for (let each = 0; each < BIG_PATIENTS; each++) {
    const batch = arrivals(source, PATIENTS + each, 1, BIG);
    bigOnes.push(batch[0]?.patient ?? "");
    writeOurs(ours, batch);
    plain.write(batch);
  }
  for (let pass = 0; pass < READ_PASSES; pass++) readWhole(ourFile, key, plainFile, bigOnes, clock);

  const trickle = source.trickle(PATIENTS, RESOURCES, TRICKLE);
  for (let at = 0; at < TRICKLE; at += TRICKLE_BATCH) {
    const batch = trickle.slice(at, at + TRICKLE_BATCH);
    inTurns(
      at / TRICKLE_BATCH,
      clock,
      "trickle",
      () => writeOurs(ours, batch),
      () => plain.write(batch),
    );
  }
  const beforeCompaction = clock.ratio("trickle");
  clock.ours("trickle", () => {
    while (ours.compact(1000));
  });
  const checked = ours.verify();
  const count = ours.count().resources;
  ours.close();
  if (checked.damaged > 0 || count !== plain.count())
    throw new Error("the two sides do not hold the same");
  plain.close();
  return {
    "store.applyRatio": clock.ratio("apply"),
    "store.trickleRatio": beforeCompaction,
    "store.trickleAndCompactRatio": clock.ratio("trickle"),
    "store.patientReadRatio": clock.ratio("read"),
    "store.sizeRatio": size,
    "store.bytesAResource": bytes / (PATIENTS * RESOURCES),
    "store.applyPerSecond": (PATIENTS * RESOURCES * 1000) / clock.milliseconds("apply"),
    "store.patientReadMs": clock.milliseconds("read") / (BIG_PATIENTS * READ_PASSES),
  };
}

// Fresh connections, each patient once: SQLite's page cache is cold for both, the system's is warm for both.
function readWhole(
  ourFile: string,
  key: Uint8Array,
  plainFile: string,
  patients: readonly string[],
  clock: Stopwatches,
): void {
  const reader = openChartReader({ file: ourFile, key });
  const plain = openPlain(plainFile);
  patients.forEach((patient, index) => {
    let mine = 0;
    let theirs = 0;
    inTurns(
      index,
      clock,
      "read",
      () => {
        for (const { resources } of reader.patient(patient).values()) mine += resources.length;
      },
      () => {
        theirs = plain.patient(patient).length;
      },
    );
    if (mine !== BIG || theirs !== BIG) throw new Error("a patient was not read whole");
  });
  reader.close();
  plain.close();
}

function arrivals(
  source: ReturnType<typeof ward>,
  from: number,
  patients: number,
  resources: number,
): Arrival[] {
  return Array.from({ length: patients }, (_, each) =>
    source.patient(from + each, resources),
  ).flatMap((one) => one.resources.map((resource) => ({ patient: one.patient, resource })));
}

function writeOurs(chart: ChartWriter, upserts: readonly Arrival[]): void {
  const written = chart.write({ ...NO_CHANGES, upserts });
  if (written.changed === 0) throw new Error("nothing was written");
}

/** A ward-board card as the app makes it: who, which allergies, the newest vital signs. */
const card: CardMaker = (previous, changes, read) => {
  const before = (previous ?? {}) as {
    name?: unknown;
    allergies?: unknown;
    vitals?: Record<string, { at: string; value: unknown }>;
  };
  const next = { name: before.name, allergies: before.allergies, vitals: { ...before.vitals } };
  let allergiesTouched = changes.removed.some(({ type }) => type === "AllergyIntolerance");
  for (const resource of changes.upserts) {
    if (resource.resourceType === "Patient") next.name = resource["name"];
    if (resource.resourceType === "AllergyIntolerance") allergiesTouched = true;
    if (resource.resourceType !== "Observation") continue;
    const {
      code,
      effectiveDateTime: at,
      valueQuantity,
    } = resource as {
      code?: { text?: string };
      effectiveDateTime?: string;
      valueQuantity?: { value?: number };
    };
    const name = code?.text ?? "";
    const known = next.vitals[name];
    if (at !== undefined && (known === undefined || known.at < at))
      next.vitals[name] = { at, value: valueQuantity?.value };
  }
  if (allergiesTouched)
    next.allergies = read("AllergyIntolerance").map((each) => ({
      id: each.id,
      code: each["code"],
      criticality: each["criticality"],
    }));
  return next;
};

interface PlainStore {
  write(batch: readonly Arrival[]): void;
  patient(patient: string): unknown[];
  count(): number;
  close(): void;
}

function openPlain(file: string): PlainStore {
  const db = new Plain(file);
  db.pragma("journal_mode=WAL");
  db.pragma("synchronous=NORMAL");
  db.pragma("cache_size=-16000");
  db.exec(`CREATE TABLE IF NOT EXISTS resources (
    type TEXT, id TEXT, patient TEXT, last_updated TEXT, json TEXT, PRIMARY KEY (type, id));
    CREATE INDEX IF NOT EXISTS of_patient ON resources (patient, type);
    CREATE INDEX IF NOT EXISTS by_time ON resources (type, last_updated)`);
  const upsert =
    db.prepare(`INSERT INTO resources VALUES (?, ?, ?, ?, ?) ON CONFLICT (type, id) DO UPDATE SET
    patient = excluded.patient, last_updated = excluded.last_updated, json = excluded.json`);
  const read = db.prepare<[string], string>("SELECT json FROM resources WHERE patient = ?").pluck();
  return {
    write: db.transaction((batch: readonly Arrival[]) => {
      for (const { patient, resource } of batch)
        upsert.run(
          resource.resourceType,
          resource.id,
          patient,
          resource.meta?.lastUpdated,
          JSON.stringify(resource),
        );
    }),
    patient: (patient) => read.all(patient).map((json): unknown => JSON.parse(json)),
    count: () => Number(db.prepare("SELECT count(*) FROM resources").pluck().get()),
    close: () => {
      db.close();
    },
  };
}

interface Stopwatches {
  ours(name: string, work: () => void): void;
  plain(name: string, work: () => void): void;
  ratio(name: string): number;
  milliseconds(name: string): number;
}

function stopwatches(): Stopwatches {
  const totals = new Map<string, number>();
  const timed = (name: string, work: () => void): void => {
    const start = performance.now();
    work();
    totals.set(name, (totals.get(name) ?? 0) + performance.now() - start);
  };
  const total = (name: string): number => totals.get(name) ?? Number.NaN;
  return {
    ours: (name, work) => timed(`ours ${name}`, work),
    plain: (name, work) => timed(`plain ${name}`, work),
    ratio: (name) => total(`ours ${name}`) / total(`plain ${name}`),
    milliseconds: (name) => total(`ours ${name}`),
  };
}

function inTurns(
  turn: number,
  clock: Stopwatches,
  name: string,
  ours: () => void,
  plain: () => void,
): void {
  if (turn % 2 === 0) clock.ours(name, ours);
  clock.plain(name, plain);
  if (turn % 2 !== 0) clock.ours(name, ours);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

if (import.meta.main) console.log(JSON.stringify(await benchStore(), null, 2));
