import { setImmediate as pause } from "node:timers/promises";
import type { z } from "zod";
import type {
  Clinician,
  FoundPatient,
  MedicineChoice,
  OutboxEntry,
  PatientName,
  PatientView,
  WardBoard,
} from "../../../shared/contract/index.ts";
import type { TwoFor } from "../guard/index.ts";
import type { ActReads, ChartReader } from "../store/index.ts";
import { namedMedicines } from "../../../shared/clinical/drug-allergy/index.ts";
import type { HeldPack } from "../vault/index.ts";
import { parseCard } from "./card.ts";
import { givingFacts } from "./giving.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { createHeldKnowledge } from "./held-knowledge.ts";
import { orderingFacts } from "./ordering.ts";
import { outboxEntries } from "./outbox-entries.ts";
import { remitFacts, type RemitFacts } from "./remit.ts";
import { patientView } from "./patient-view.ts";
import { soughtHere } from "./sought.ts";
import { wardBoard } from "./ward-board.ts";

/** What the reader thread answers; every call is one consistent reading of both files. */
export interface ReaderCalls {
  /** Answers once both files are open; rejects with the store's code when they are not. */
  ready(): void;
  /** `now`: instant with the workstation's offset. */
  wardBoard(input: {
    readonly ward?: string | undefined;
    readonly now: string;
    /** For a ward outside her remit: her id. Whoever's stay does not name her is shown by bed and identity only. */
    readonly outsider?: string | undefined;
  }): WardBoard;
  /** Null when the patient is not in this PC's cache. */
  patientView(input: {
    readonly patient: string;
    readonly now: string;
    /** For which held changes policy wants two clinicians; absent: for none. */
    readonly twoFor?: readonly TwoFor[];
  }): PatientView | null;
  /** What decides whether a dose of this order may be given now, or why it may not. */
  giving(input: {
    readonly patient: string;
    readonly order: string;
    readonly now: string;
  }): ReturnType<typeof givingFacts>;
  /** What stands against ordering this medicine now, or why nothing can be ordered. */
  ordering(input: {
    readonly patient: string;
    readonly medicine: MedicineChoice;
    readonly now: string;
  }): ReturnType<typeof orderingFacts>;
  /** Medicines that the pack names. */
  medicineNames(sought: string): ReturnType<typeof namedMedicines>;
  remit(patient: string): RemitFacts;
  /** Names as their cards have them; null for who is not (or no longer) in this PC's cache. */
  names(patients: readonly string[]): Record<string, z.infer<typeof PatientName> | null>;
  /** Patients of this PC whose name or number has this in it: the first dozen by name. */
  sought(text: string): FoundPatient[];
  outbox(input: {
    /** Entries from after this number; or those that are over, latest first. */
    readonly page: { readonly after: number } | "settled";
    readonly now: string;
    readonly people: readonly z.infer<typeof Clinician>[];
  }): OutboxEntry[];
  /** These Observations of the patient, as the pulled record has them. */
  observations(patient: string, ids: readonly string[]): FhirResource[];
  /** Whether the patient is in this PC's cache: placed on a ward of it, or with a record. */
  knows(patient: string): boolean;
  /** The open stay of a patient, for what is charted; null when there is none. */
  encounter(patient: string): string | null;
  /** The pack that checks are made with from now on; an unusable one is none. */
  useKnowledge(pack: HeldPack | null): void;
  count(): ReturnType<ChartReader["count"]>;
  /** What is held of each type, and up to when it is applied without gaps. */
  held(): { readonly type: string; readonly resources: number; readonly asOf: string | null }[];
  /** A full scan; other calls are answered between its steps. */
  verify(): Promise<ReturnType<ChartReader["verify"]>>;
  close(): void;
}

export function readerCalls(chart: ChartReader, acts: ActReads & { close(): void }): ReaderCalls {
  const knowledge = createHeldKnowledge();
  return {
    ready: () => {},
    useKnowledge: knowledge.use,
    wardBoard: ({ ward, now, outsider }) =>
      wardBoard(
        { chart, acts, now },
        ward,
        (patient) => outsider !== undefined && !remitFacts(chart, patient).team.includes(outsider),
      ),
    remit: (patient) => remitFacts(chart, patient),
    names: (patients) => {
      const cards = chart.cards(patients);
      return Object.fromEntries(
        patients.map((id) => [id, parseCard(cards.get(id))?.patient?.name ?? null]),
      );
    },
    sought: (text) => soughtHere(chart, text),
    patientView: ({ patient, now, twoFor }) =>
      patientView({ chart, acts, now, knowledge: knowledge.now(), twoFor: twoFor ?? [] }, patient),
    giving: ({ patient, order, now }) =>
      givingFacts({ chart, acts, now, knowledge: knowledge.now() }, patient, order),
    ordering: ({ patient, medicine, now }) =>
      orderingFacts({ chart, acts, now, knowledge: knowledge.now() }, patient, medicine),
    medicineNames: (sought) => namedMedicines(knowledge.now(), sought),
    outbox: ({ page, now, people }) =>
      outboxEntries({ chart, acts, now, knowledge: knowledge.now() }, people, page),
    observations: (patient, ids) =>
      chart.resources(patient, "Observation").resources.filter(({ id }) => ids.includes(id)),
    knows: (patient) =>
      patient !== "" && (chart.placement(patient) !== null || chart.sections(patient).length > 0),
    encounter: (patient) => chart.placement(patient)?.encounter ?? null,
    count: () => chart.count(),
    held: () => {
      const asOf = chart.typeAsOf();
      return [...chart.countByType()].map(([type, resources]) => ({
        type,
        resources,
        asOf: asOf.get(type) ?? null,
      }));
    },
    async verify() {
      const steps = chart.verifying();
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
        await pause();
      }
    },
    close: () => {
      chart.close();
      acts.close();
    },
  };
}
