import type { MedicineOrder } from "../contract/parts.ts";
import { dosageText, doseText } from "./dosage.ts";
import { doseSchedule, dueInstant, isAsNeeded, nextDue } from "./due.ts";
import type { DoseSchedule } from "./due.ts";
import { DO_NOT_PERFORM, howOften } from "./how-often.ts";
import { conceptText, fallbackName, field, idOf, objects } from "./read.ts";
import { referenceId, referenceText, text, typeOf } from "./read.ts";
import { dateOrder, fhirDate, instant, millis } from "./time.ts";

/** What one MedicationAdministration says about an order. */
export interface Answer {
  readonly order: string;
  readonly at: string;
  /** False: a decision not to give was recorded. */
  readonly given: boolean;
}

/** An order's timing and nothing else: what the ward board needs to count due and overdue. */
export interface OrderTiming {
  readonly id: string;
  readonly schedules: readonly DoseSchedule[];
}

/** CLINICAL: an order whose intent is a proposal, plan or option is nobody's instruction to give. */
const ORDERED = new Set([
  "order",
  "original-order",
  "reflex-order",
  "filler-order",
  "instance-order",
]);
const STATUSES = ["active", "on-hold", "stopped", "completed", "cancelled"] as const;

/** The answers that MedicationAdministrations give, oldest first; those not tied to an order by reference are left out. */
export function readAnswers(administrations: readonly unknown[]): Answer[] {
  return administrations
    .flatMap((one) => readAnswer(one) ?? [])
    .toSorted((a, b) => (millis(a.at) ?? 0) - (millis(b.at) ?? 0));
}

function readAnswer(administration: unknown): Answer | null {
  if (typeOf(administration) !== "MedicationAdministration") return null;
  const status = text(field(administration, "status")) ?? "";
  if (!["completed", "in-progress", "stopped", "not-done"].includes(status)) return null;
  const order = referenceId(field(administration, "request"));
  const at =
    instant(field(administration, "effectiveDateTime")) ??
    instant(field(field(administration, "effectivePeriod"), "start"));
  if (order === null || at === null) return null;
  return { order, at, given: status !== "not-done" };
}

function dosages(order: unknown): unknown[] {
  return objects(field(order, "dosageInstruction"));
}

/**
 * The timing of an order that may be given now: active, ordered, not `doNotPerform`; null otherwise, or when its timing
 * gives no due time. CLINICAL: one dosage whose time is unknown does not hide the due time of another.
 */
export function orderTiming(order: unknown): OrderTiming | null {
  const id = idOf(order);
  if (id === null || statusOf(order) !== "active") return null;
  const schedules = dosages(order).flatMap(
    (one) => doseSchedule(one, field(order, "authoredOn")) ?? [],
  );
  return schedules.length === 0 ? null : { id, schedules };
}

/** When an order's next dose is due, and whether that moment has passed. */
export function dueOf(
  timing: OrderTiming | null,
  answers: readonly Pick<Answer, "at" | "given">[],
  now: string,
): { readonly nextDue: string | null; readonly overdue: boolean } {
  if (timing === null) return { nextDue: null, overdue: false };
  const moments = answers.flatMap((one) => millis(one.at) ?? []);
  const given = answers.filter((one) => one.given).flatMap((one) => millis(one.at) ?? []);
  const due = timing.schedules.flatMap(
    (schedule) =>
      nextDue({
        schedule,
        answers: moments,
        lastGiven: given.length === 0 ? null : Math.max(...given),
        now,
      }) ?? [],
  );
  if (due.length === 0) return { nextDue: null, overdue: false };
  const first = Math.min(...due);
  return { nextDue: dueInstant(first, now), overdue: first < (millis(now) ?? 0) };
}

function statusOf(order: unknown): MedicineOrder["status"] {
  const intent = text(field(order, "intent"));
  // CLINICAL: "do not give" is no order to give; nor is an intent that is not an order.
  if (field(order, "doNotPerform") === true) return "other";
  if (intent !== null && !ORDERED.has(intent)) return "other";
  return STATUSES.find((one) => one === text(field(order, "status"))) ?? "other";
}

/** The medicine exactly as ordered: text or display of the concept, of the reference, or of the contained Medication. */
export function medicineText(order: unknown, medications: readonly unknown[] = []): string {
  const reference = field(order, "medicationReference");
  const id = referenceId(reference);
  const target = [...objects(field(order, "contained")), ...medications].find(
    (one) => id !== null && idOf(one) === id,
  );
  return (
    conceptText(field(order, "medicationCodeableConcept")) ??
    text(field(reference, "display")) ??
    conceptText(field(target, "code")) ??
    referenceText(reference) ??
    fallbackName(order)
  );
}

/**
 * MedicationRequests as orders: those that may be given first, then by medicine. `answersKnown` is false while the
 * administrations are not loaded: then nothing is called overdue. Entries made in error are left out.
 */
export function readMedicines(
  orders: readonly unknown[],
  administrations: readonly unknown[],
  context: {
    readonly now: string;
    readonly answersKnown: boolean;
    readonly nameOf?: (reference: unknown) => string | null;
  },
): MedicineOrder[] {
  const answers = Map.groupBy(readAnswers(administrations), (one) => one.order);
  return orders
    .filter((one) => text(field(one, "status")) !== "entered-in-error")
    .map((one) => readOrder(one, answers.get(idOf(one) ?? "") ?? [], context))
    .toSorted(
      (a, b) =>
        RANK.indexOf(a.status) - RANK.indexOf(b.status) ||
        Number(a.asNeeded) - Number(b.asNeeded) ||
        a.medicine.localeCompare(b.medicine) ||
        dateOrder(b.authoredOn) - dateOrder(a.authoredOn) ||
        (a.id < b.id ? -1 : 1),
    );
}

const RANK: readonly MedicineOrder["status"][] = [
  "active",
  "on-hold",
  "other",
  "stopped",
  "completed",
  "cancelled",
];

function readOrder(
  order: unknown,
  answers: readonly Answer[],
  context: Parameters<typeof readMedicines>[2],
): MedicineOrder {
  const nameOf = context.nameOf ?? referenceText;
  const lines = dosages(order);
  const due = dueOf(orderTiming(order), answers, context.now);
  const said = lines.flatMap((one) => dosageText(one) ?? []);
  return {
    id: idOf(order) ?? "",
    medicine: medicineText(order),
    dose: joined(lines.map(doseText)),
    route: joined(lines.map((one) => conceptText(field(one, "route")))),
    frequency:
      field(order, "doNotPerform") === true
        ? [DO_NOT_PERFORM]
        : lines.flatMap((one) => howOften(one) ?? []),
    asNeeded: lines.length > 0 && lines.every(isAsNeeded),
    status: statusOf(order),
    authoredOn: fhirDate(field(order, "authoredOn")),
    requester: nameOf(field(order, "requester")),
    nextDue: due.nextDue,
    overdue: due.overdue && context.answersKnown,
    lastGiven: answers.findLast((one) => one.given)?.at ?? null,
    ...(said.length > 0 && { instructions: said.join("\n") }),
  };
}

function joined(parts: readonly (string | null)[]): string | null {
  const said = [...new Set(parts.filter((part) => part !== null))];
  return said.length === 0 ? null : said.join("; ");
}
