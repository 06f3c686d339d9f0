import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { link } from "../../../electron/service/audit/index.ts";
import { openJournal, salvageJournal, StoreError } from "../../../electron/service/store/index.ts";
import { openWholeChart } from "../../../electron/service/threads/open-chart.ts";
import { GUARDED_TYPES } from "../../../shared/fhir/index.ts";
import { chartFacts, journalFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import type { Worked } from "./workstation.ts";

export type FileName = "journal.db" | "journal.db-wal" | "chart.db" | "chart.db-wal";
export const FILES: readonly FileName[] = [
  "journal.db",
  "journal.db-wal",
  "chart.db",
  "chart.db-wal",
];

export type Outcome =
  /** All that was there is there. */
  | "same"
  /** What is lost is said to be lost, and nothing else differs. */
  | "said"
  /** It does not open, and says why. */
  | "refused"
  /** A state from before the last commits, as after a power cut: found by comparing with the other file, the escrow, the anchor. */
  | "older";

export interface Flipped {
  readonly outcome: Outcome;
  /** What is otherwise than it was, and not said; must be empty. */
  readonly wrong: readonly string[];
  /** Facts of both files that can be read. */
  readonly read: number;
  /** Acts that cannot be read any more, and how many of them are named. */
  readonly acts: { readonly lost: number; readonly named: number };
}

const NO_ACTS = { lost: 0, named: 0 };

/** Bits turned in one copy of a running workstation's files. */
export function flip(
  worked: Worked,
  file: FileName,
  places: readonly { readonly at: number; readonly bit: number }[],
): Flipped {
  return changed(worked, [file], (bytes) => {
    for (const { at, bit } of places) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  });
}

/** A copy of a running workstation's files, some of them changed; opened as the service opens them, and read whole. */
export function changed(
  worked: Worked,
  files: readonly FileName[],
  change: (bytes: Uint8Array, file: FileName) => void,
): Flipped {
  const folder = mkdtempSync(join(tmpdir(), "flip-"));
  try {
    for (const name of FILES)
      if (existsSync(join(worked.folder, name)))
        copyFileSync(join(worked.folder, name), join(folder, name));
    for (const file of files) {
      const bytes = readFileSync(join(folder, file));
      change(bytes, file);
      writeFileSync(join(folder, file), bytes);
    }
    const journal = files.some((file) => file.startsWith("journal"))
      ? ofJournal(worked, folder)
      : null;
    if (!files.some((file) => file.startsWith("chart")) && journal !== null) return journal;
    const chart = ofChart(worked, folder, journal?.lacks ?? new Set());
    return journal === null
      ? chart
      : {
          outcome: chart.outcome,
          wrong: [...journal.wrong, ...chart.wrong],
          read: journal.read + chart.read,
          acts: journal.acts,
        };
  } catch (error) {
    // CLINICAL: a file that does not open is said to be so, and nothing is shown of it.
    if (error instanceof StoreError)
      return { outcome: "refused", wrong: [], read: 0, acts: NO_ACTS };
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isDamage = (error: unknown): boolean =>
  error instanceof StoreError && error.code === "damaged";

function ofJournal(
  { keys, states }: Worked,
  folder: string,
): Flipped & { readonly lacks: ReadonlySet<string> } {
  const file = join(folder, "journal.db");
  const key = () => Uint8Array.from(keys.journal);
  const read = (check: boolean): Facts => {
    const journal = openJournal({ file, key: key(), create: false, chain: link, check });
    try {
      return journalFacts(journal);
    } finally {
      journal.close();
    }
  };
  const last = states.journal.at(-1);
  if (last === undefined) throw new Error("it never had a state");
  try {
    const facts = read(true);
    const wrong = unknownValues(facts, states.journal);
    const isSame = [...last.said].every(([name, value]) => facts.said.get(name) === value);
    return {
      outcome: isSame ? "same" : "older",
      wrong,
      read: facts.said.size,
      acts: NO_ACTS,
      lacks: new Set(),
    };
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  const salvage = salvageJournal({ file, key: key() });
  const facts = read(false);
  const told = new Set([...Object.keys(salvage.lost), ...salvage.incomplete]);
  const missing = [...last.said.keys()].filter((name) => !facts.said.has(name));
  const lost = missing.filter((name) => !told.has(name.split(" ")[0] ?? ""));
  // The log's end may be torn too: then what it held is in no page, and the counters beside the file tell of it.
  const tail = lost.filter((name) => states.journal.every(({ said }) => said.has(name)));
  const wrong = [...unknownValues(facts, states.journal), ...tail];
  const gone = missing.filter((name) => name.startsWith("acts "));
  const acts = { lost: gone.length, named: salvage.lostActs.length };
  return { outcome: "said", wrong, read: facts.said.size, acts, lacks: told };
}

/** `lacks`: tables of the journal that were found to have lost something. */
function ofChart({ keys, states }: Worked, folder: string, lacks: ReadonlySet<string>): Flipped {
  const ledgerKey = Uint8Array.from(keys.ledger);
  const journal = openJournal({
    file: join(folder, "journal.db"),
    key: Uint8Array.from(keys.journal),
    create: false,
    chain: link,
  });
  const open = (salvage: "if-damaged" | "now") => {
    const chartFile = join(folder, "chart.db");
    const chartKey = Uint8Array.from(keys.chart);
    const opened = openWholeChart(
      { chartFile, chartKey, create: false, salvage, ledgerKey },
      journal,
    );
    try {
      return { ...opened, facts: chartFacts(opened.chart) };
    } finally {
      opened.chart.close();
    }
  };
  try {
    let opened: ReturnType<typeof open>;
    try {
      opened = open("if-damaged");
      // Damage that is met while reading: the service closes the chart, salvages it and reads again.
      if (opened.facts.damaged) opened = open("now");
    } catch (error) {
      if (!isDamage(error)) throw error;
      opened = open("now");
    }
    const isLedgerWhole = !["ledger_pages", "ledger_places"].some((table) => lacks.has(table));
    return judged(opened, states.chart, isLedgerWhole);
  } finally {
    journal.close();
  }
}

function judged(
  opened: Pick<ReturnType<typeof openWholeChart>, "salvage" | "lostWork"> & {
    readonly facts: Facts;
  },
  states: readonly Facts[],
  isLedgerWhole: boolean,
): Flipped {
  const { facts, salvage, lostWork } = opened;
  const last = states.at(-1);
  if (last === undefined) throw new Error("it never had a state");
  const partOf = (name: string): string => name.split(" ").slice(0, 2).join(" ");
  const isGuarded = (name: string): boolean =>
    (GUARDED_TYPES as readonly string[]).includes(name.split(" ")[0] ?? "");
  const wrong = unknownValues(facts, states);
  let differs = false;
  for (const name of new Set([...last.said.keys(), ...facts.said.keys()])) {
    const [was, is] = [last.said.get(name), facts.said.get(name)];
    if (was === is) continue;
    differs = true;
    const isSaid = facts.notWhole.has(partOf(name)) || salvage?.fetchAgain === true || lostWork;
    // CLINICAL: a safety-critical fact is as the ledger has it, whatever became of the chart; where the ledger lost something
    // too, it is said like any other.
    if ((isGuarded(name) && isLedgerWhole) || !isSaid)
      wrong.push(`${name}: ${is === undefined ? "gone" : "otherwise"}`);
  }
  const read = facts.said.size;
  const outcome = salvage !== null ? "said" : lostWork ? "older" : differs ? "said" : "same";
  return { outcome, wrong, read, acts: NO_ACTS };
}

/** Facts that are said now and never were. */
function unknownValues(facts: Facts, states: readonly Facts[]): string[] {
  return [...facts.said]
    .filter(([name, value]) => !states.some(({ said }) => said.get(name) === value))
    .map(([name]) => `${name}: never said so`);
}
