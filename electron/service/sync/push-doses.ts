import { doubleDoses } from "../../../shared/clinical/index.ts";
import { HisError } from "../his/index.ts";
import { parsePage } from "./page.ts";
import type { Drain, Job } from "./push-parts.ts";
import { dosesQuestion } from "./questions.ts";

/**
 * CLINICAL: the same order and due time given from two PCs is not found by comparing versions: each is a resource of its
 * own. Asked as soon as a dose of ours has arrived; whoever reads the record is told by the record itself, after the pull.
 */
export async function alarmDoubleDoses(drain: Drain, jobs: readonly Job[]): Promise<void> {
  for (const { row, act } of jobs) {
    const orders = act.entries.flatMap(({ resource }) => {
      const { reference } = Object(resource["request"]) as { reference?: unknown };
      return resource.resourceType === "MedicationAdministration" && typeof reference === "string"
        ? [reference]
        : [];
    });
    if (orders.length === 0) continue;
    const target = dosesQuestion(row.patient, orders);
    const answer = await drain.link.run(async () => await drain.his.get(target)).catch(refused);
    if (answer === null) continue;
    const found = doubleDoses(
      parsePage(answer.bytes).entries.map(({ resource }) => resource),
      [],
    );
    for (const { order, doses } of found)
      drain.onAlarm({ kind: "double-dose", patient: row.patient, order, doses: doses.length });
  }
}

/** A HIS that does not know the question: the pull brings the doses all the same. */
function refused(error: unknown): null {
  if (error instanceof HisError && error.failure.kind === "outcome") return null;
  throw error;
}
