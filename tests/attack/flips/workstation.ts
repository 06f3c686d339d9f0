import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHospital } from "../clinical/hospital.ts";
import {
  allergyTo,
  order,
  ordinary,
  penicillin,
  stay,
  to,
  verification,
} from "../clinical/record.ts";
import { chartFacts, journalFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";

/** Both files of a workstation that has worked, copied while it is running, and every state they were ever in. */
export interface Worked {
  /** Holds journal.db and chart.db with their logs. */
  readonly folder: string;
  readonly keys: {
    readonly journal: Uint8Array;
    readonly chart: Uint8Array;
    readonly ledger: Uint8Array;
  };
  readonly states: { readonly journal: readonly Facts[]; readonly chart: readonly Facts[] };
  dispose(): void;
}

/** Whose records, and how much of them; `words`: of each pulse's note, which no compression makes small. */
export interface Size {
  readonly patients: number;
  readonly pulses: number;
  readonly words: number;
}
const SMALL: Size = { patients: 4, pulses: 12, words: 0 };

const pulse = (patient: string, number: number, value = 60 + number) => ({
  resourceType: "Observation",
  id: `${patient}-pulse-${number}`,
  status: "final",
  code: { coding: [{ system: "http://loinc.org", code: "8867-4", display: "Heart rate" }] },
  subject: to(patient),
  effectiveDateTime: "2026-11-23T09:00:00+03:00",
  valueQuantity: { value, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
});

/** So many words that are the same for the same name. */
function noise(name: string, words: number): string {
  return Array.from({ length: words }, (_, at) =>
    createHash("sha256").update(`${name} ${at}`).digest("base64url").slice(0, 8),
  ).join(" ");
}

/** A demo HIS, a first sync, then rounds in which orders are stopped, allergies come and are held, and nurses chart. */
export async function letWork({ patients, pulses, words }: Size = SMALL): Promise<Worked> {
  const beds = Array.from({ length: patients }, (_, number) => `f${number}`);
  const hospital = await openHospital(beds, (patient, bed) => [
    ...ordinary(patient),
    ...Array.from({ length: pulses }, (_, number) => ({
      ...pulse(patient, number),
      ...(words > 0 && { note: [{ text: noise(`${patient} ${number}`, words) }] }),
    })),
    stay(patient, bed),
  ]);
  const folder = mkdtempSync(join(tmpdir(), "flips-"));
  const { pc, database } = hospital;
  const journal: Facts[] = [];
  const chart: Facts[] = [];
  const seen = (): void => {
    journal.push(journalFacts(pc.journal));
    chart.push(chartFacts(pc.chart));
  };
  let number = 0;
  const charted = (patient: string): void => {
    number += 1;
    const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
    const act = {
      v: 1,
      uuid,
      kind: "vitals",
      patient,
      author: "n1",
      workstation: "pc",
      entries: [],
    };
    const row = {
      uuid,
      kind: "vitals",
      patient,
      author: "n1",
      at: "2026-11-23T09:00:00+03:00",
    } as const;
    const body = JSON.stringify({ act, signature: "s".repeat(600) });
    pc.journal.putAct({ ...row, queuedAt: pc.now, body }, [
      JSON.stringify({ kind: "act", number }),
    ]);
    seen();
  };
  await hospital.round(2);
  await hospital.round(2);
  seen();
  for (const patient of beds) for (let n = 0; n < 6; n += 1) charted(patient);
  await database.put(order("f0", "paracetamol", { status: "stopped" }));
  await database.put(penicillin("f1", { criticality: "low" }));
  await database.put(allergyTo("f2", "kiwi", "Kiwi fruit"));
  await database.put(pulse("f3", 1, 120));
  await hospital.round(2);
  seen();
  // What was written so far goes into the files themselves; what follows stays in their logs.
  pc.journal.setGeneration(1);
  pc.thread.setGeneration(1);
  await database.put(penicillin("f2", { verificationStatus: verification("refuted") }));
  await database.put(order("f3", "amoxicillin", { status: "stopped" }));
  await database.remove("Observation", "f0-pulse-2");
  await hospital.round(2);
  seen();
  charted("f0");
  for (const [name, { file }] of Object.entries(pc.files))
    for (const end of ["", "-wal"])
      if (existsSync(`${file}${end}`))
        copyFileSync(`${file}${end}`, join(folder, `${name}.db${end}`));
  const keys = {
    journal: Uint8Array.from(pc.files.journal.key),
    chart: Uint8Array.from(pc.files.chart.key),
    ledger: Uint8Array.from(pc.ledgerKey),
  };
  await hospital.dispose();
  return {
    folder,
    keys,
    states: { journal, chart },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
