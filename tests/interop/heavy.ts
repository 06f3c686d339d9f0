import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  openChart,
  openJournal,
  type ChartBatch,
  NO_CHANGES,
} from "../../electron/service/store/index.ts";

/** Words that must be found in no file. */
export const CANARIES = ["CanaryFamilyName", "MRN-9988776655", "CanaryNoteText", "CanaryPatientId"];

export interface HeavyUse {
  readonly journal: string;
  readonly chart: string;
  /** Looks at the files while they are open, WAL and all. */
  close(): void;
}

/** Uses both files as a busy ward would, and leaves them open. */
export function heavyUse(folder: string, key: Uint8Array): HeavyUse {
  const files = { journal: join(folder, "journal.db"), chart: join(folder, "chart.db") };
  const chain = (previous: string, seq: number, body: string): string =>
    createHash("sha256")
      .update(previous + seq + body)
      .digest("hex");
  const journal = openJournal({ file: files.journal, key, chain, create: true });
  const chart = openChart({
    file: files.chart,
    key,
    card: (_, { upserts }) => ({ last: upserts.at(-1) ?? null }),
    create: true,
  });
  const [name = "", mrn = "", note = "", patientId = ""] = CANARIES;
  const body = JSON.stringify({ name, mrn, note });

  for (let each = 0; each < 400; each++) {
    const patient = `${patientId}-${each % 40}`;
    chart.write(
      batch(patient, [
        { resourceType: "Patient", id: patient, meta: { versionId: String(each) }, name, mrn },
        ...Array.from({ length: 6 }, (_, number) => ({
          resourceType: "Observation",
          id: `o-${each}-${number}`,
          meta: { versionId: "1", lastUpdated: "2026-11-23T08:00:00Z" },
          note: `${note} ${randomBytes(200).toString("hex")} نص`,
        })),
      ]),
    );
    journal.putAct(
      { uuid: `act-${each}`, kind: "vitals", patient, author: "n", at: "t", queuedAt: each, body },
      [body],
    );
    if (each % 3 === 0)
      journal.setAct(`act-${each}`, { state: "acknowledged", acknowledgedAt: each }, [body]);
    journal.putDraft({
      clinician: "n",
      patient,
      kind: "note",
      at: each,
      sealed: new Uint8Array(randomBytes(300)),
    });
    const { seq } = journal.receive({
      page: {
        kind: "pull",
        type: "Observation",
        patient: null,
        last: true,
        asOf: "t",
        resources: 9,
        sealed: new Uint8Array(randomBytes(9000)),
      },
      cursor: { type: "Observation", cursor: "t", lastPageAt: each, problem: null },
      scope: [
        { patient, encounter: "e", ward: "w", location: null, enteredAt: each, leftAt: null },
      ],
      backfill: { patient, type: "Observation", state: "received", next: null },
    });
    journal.applied({
      seqs: seq !== null && each % 2 === 0 ? [seq] : [],
      ledger: [
        {
          number: each > 50 ? (each % 50) + 1 : null,
          type: "Flag",
          patient,
          placed: [String(each % 50)],
          sealed: new Uint8Array(randomBytes(100)),
        },
      ],
      audit: [],
    });
  }
  journal.forgetAcknowledged(200);
  chart.forgetPatient(`${patientId}-3`);
  while (chart.compact(1000));
  return {
    ...files,
    close: () => {
      journal.close();
      chart.close();
    },
  };
}

function batch(
  patient: string,
  resources: ChartBatch["upserts"][number]["resource"][],
): ChartBatch {
  return {
    ...NO_CHANGES,
    upserts: resources.map((resource) => ({ patient, resource })),
    unreadable: [{ patient, type: "Flag", id: "f", reason: "r", text: CANARIES[2] ?? "", at: 1 }],
    sections: [{ patient, type: "Observation", asOf: "2026-11-23T08:00:00Z" }],
    placements: [{ patient, encounter: "e", ward: "w", location: null }],
  };
}
