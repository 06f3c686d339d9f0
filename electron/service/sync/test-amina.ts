import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard, pulse } from "./test-ward.ts";

/** A ward of four beds with one patient, an allergy and a pulse, and a PC that has not asked for them yet. */
export function aminasWard(): { his: TestHis; pc: TestPc } {
  const his = createTestHis();
  buildWard(his, 4);
  // The ward is older than any overlap, so that only back-fill can bring it.
  admit(his, "amina", "bed-1");
  his.put(allergy("amina", "a1"));
  his.put(pulse("amina", "o1"));
  his.clock += 3_600_000;
  const pc = createTestPc(his);
  pc.now = his.clock;
  return { his, pc };
}

/** Time passes, and a round is pulled and applied. */
export async function roundOf(his: TestHis, pc: TestPc, seconds = 30): Promise<void> {
  his.clock += seconds * 1000;
  pc.now += seconds * 1000;
  await pc.sync.pullNow();
  await pc.sync.idle();
  await pc.sync.applyNow();
}

/** What the chart holds of a patient's section, by id. */
export const idsOf = (pc: TestPc, patient: string, type: string): string[] =>
  pc.chart
    .resources(patient, type)
    .resources.map(({ id }) => id)
    .toSorted();

/** Whether a section is there, whole, and up to when. */
export const sectionOf = (pc: TestPc, patient: string, type: string) =>
  pc.chart.sections(patient).find((row) => row.type === type);

/** Headers of an answer that the HIS gives now. */
export const datedBy = (his: TestHis): Record<string, string> => ({
  "content-type": "application/fhir+json",
  date: new Date(his.clock).toUTCString(),
});
