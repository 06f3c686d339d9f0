import {
  openChart,
  openChartReader,
  openJournal,
  StoreError,
  type Journal,
} from "../../electron/service/store/index.ts";
import { actOf, chain, draftOf, files, KEY, pageOf } from "./said.ts";

/** The last number said for each kind of commit; -1 for none. */
export interface Said {
  act: number;
  draft: number;
  page: number;
  chart: number;
  applied: number;
}

export interface Findings {
  lost: number;
  doubled: number;
  corrupted: number;
  opened: number;
}

/** Opens both files as the app would after kill number `kill`, and counts what is not as it was said. */
export function verify(
  folder: string,
  said: Said,
  kill: number,
): Findings & { readonly acts: number } {
  const findings: Findings = { lost: 0, doubled: 0, corrupted: 0, opened: 0 };
  findings.opened += openedWrongly(folder, kill);
  let acts = 0;
  try {
    const journal = openJournal({ file: files(folder).journal, key: KEY, chain, create: true });
    acts = verifyActs(journal, said, findings);
    verifyRest(journal, said, findings);
    journal.close();
    verifyChart(folder, said, findings);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    findings.corrupted++;
  }
  return { ...findings, acts };
}

function verifyActs(journal: Journal, said: Said, findings: Findings): number {
  const acts = journal.acts({ acknowledged: true });
  const times = new Map<string, number>();
  for (const act of acts) times.set(act.body, (times.get(act.body) ?? 0) + 1);
  for (let number = 0; number <= said.act; number++) {
    const count = times.get(actOf(number).body) ?? 0;
    if (count === 0) findings.lost++;
    if (count > 1) findings.doubled++;
  }
  // One more than was said may be there; then it is whole.
  for (const act of acts) {
    const number = Number(act.uuid.slice(4));
    if (act.body !== actOf(number).body) findings.corrupted++;
    if (number > said.act + 1) findings.doubled++;
  }
  return acts.length;
}

function verifyRest(journal: Journal, said: Said, findings: Findings): void {
  // The last draft of each of five patients.
  for (let number = Math.max(0, said.draft - 4); number <= said.draft; number++) {
    const draft = journal.draft("nurse", `p${number % 5}`, "note");
    if (draft === null || draft.at < number) findings.lost++;
    else if (!Buffer.from(draft.sealed).equals(Buffer.from(draftOf(draft.at).sealed)))
      findings.corrupted++;
  }
  const cursor = Number(journal.cursors()[0]?.cursor ?? -1);
  if (cursor < said.page) findings.lost++;
  const pages = new Map<string, number>();
  for (const page of journal.inbox(1e9)) {
    pages.set(page.asOf, (pages.get(page.asOf) ?? 0) + 1);
    if (!Buffer.from(page.sealed).equals(Buffer.from(pageOf(Number(page.asOf)).sealed)))
      findings.corrupted++;
    // A cursor never runs behind a page that is kept: they are one transaction.
    if (Number(page.asOf) > cursor) findings.corrupted++;
  }
  for (let number = 1; number <= said.page; number += 2)
    if (!pages.has(String(number))) findings.lost++;

  let previous = "0".repeat(64);
  const entries = new Set<string>();
  journal.audit(1, 1e9).forEach(({ seq, body, hash }, index) => {
    if (seq !== index + 1 || hash !== chain(previous, seq, body)) findings.corrupted++;
    previous = hash;
    if (body.startsWith("act ") && entries.has(body)) findings.doubled++;
    entries.add(body);
  });
  // An act and its audit entry are one transaction.
  for (let number = 0; number <= said.act; number++)
    if (!entries.has(`act ${number}`)) findings.lost++;
  for (let number = 0; number <= said.applied; number++)
    if (!entries.has(`applied ${number}`)) findings.lost++;
}

function verifyChart(folder: string, said: Said, findings: Findings): void {
  const chart = openChart({
    file: files(folder).chart,
    key: KEY,
    card: () => ({ made: true }),
    create: true,
  });
  findings.corrupted += chart.verify().damaged;
  for (let number = Math.max(0, said.chart - 39); number <= said.chart; number++) {
    for (const patient of ["p0", "p1", "p2", "p3", "p4"]) {
      const found = chart
        .resources(patient, "Observation")
        .resources.filter(({ id }) => id === `o${(number * 3) % 40}`);
      if (found.length > 1) findings.doubled++;
      if (found.length === 0 || Number(found[0]?.meta?.versionId) < number) findings.lost++;
    }
  }
  if (Number(chart.typeAsOf().get("Observation") ?? -1) < said.chart) findings.lost++;
  chart.close();
}

// At every third kill, with a wrong key and with none by turns: to tell one from a damaged file takes thousands of tries.
function openedWrongly(folder: string, kill: number): number {
  if (kill % 3 !== 0) return 0;
  const wrong = new Uint8Array(32).fill(9);
  const { journal, chart } = files(folder);
  const attempts = [
    () => openJournal({ file: journal, key: wrong, chain }).close(),
    () => openJournal({ file: journal, key: new Uint8Array(0), chain }).close(),
    () => openChartReader({ file: chart, key: wrong }).close(),
  ];
  try {
    attempts[(kill / 3) % attempts.length]?.();
    return 1;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return 0;
  }
}
