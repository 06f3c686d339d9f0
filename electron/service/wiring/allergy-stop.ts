import { ORPCError } from "@orpc/server";
import type { MedicineCheck } from "../../../shared/contract/index.ts";
import { mayWitness, type Ticket } from "../session/index.ts";
import { createAuditing } from "./auditing.ts";
import type { Running } from "./running-types.ts";

/** Why a clinician goes on in spite of a stop, and the records that were on her screen. */
interface Override {
  readonly reason: string;
  readonly allergies: readonly string[];
  readonly second: { readonly clinician: string; readonly pin: string } | null;
}

/** What a check stops, as it is told and as it may be overruled; the same for a dose and for an order. */
export interface AllergyStop {
  readonly stopped: boolean;
  /** Who answers for it beside her: null where nothing stops, or she alone may overrule it. */
  readonly second: Override["second"];
  /** Says so in the trail once it was charted all the same. */
  overruled(act: string): Promise<void>;
}

/**
 * Lets a check that stops be overruled by the rule, or refuses. `what`: the order it is about.
 * @throws ORPCError STOPPED, NOT_READY
 */
export async function requireOverride(
  here: Pick<Running, "audit" | "site">,
  { clinician }: Ticket,
  input: { readonly patient: string; readonly what: string; readonly override: Override | null },
  check: MedicineCheck,
): Promise<AllergyStop> {
  const { patient, what, override } = input;
  const told = (overruled: { act: string; second: string | null } | null): Promise<void> =>
    createAuditing(here.audit).stopped(
      { clinician: clinician.clinician, patient },
      what,
      stopsOf(check).map(({ allergy }) => allergy.id),
      overruled,
    );
  if (check.action !== "stop")
    return { stopped: false, second: null, overruled: () => Promise.resolve() };
  const witnessed = needsSecond(check);
  if (!overrides(override, check, witnessed)) {
    await told(null);
    const data = { check, second: witnessed };
    throw new ORPCError("STOPPED", { status: 409, data });
  }
  const second = witnessed ? (override?.second ?? null) : null;
  const person = here.site.people().find(({ id }) => id === second?.clinician);
  if (person !== undefined && !mayWitness(person))
    throw new ORPCError("NOT_READY", { status: 409, data: { why: "unknown" } });
  return {
    stopped: true,
    second,
    overruled: (act) => told({ act, second: second?.clinician ?? null }),
  };
}

/** CLINICAL: what stops for certain, and was severe, takes two to overrule. */
function needsSecond({ reasons }: MedicineCheck): boolean {
  return reasons.some(
    ({ action, severe, match }) => action === "stop" && severe && match.strength === "definite",
  );
}

/** SECURITY: every record that stops now must have been on her screen; one that came meanwhile stops again. */
function overrides(override: Override | null, check: MedicineCheck, second: boolean): boolean {
  const seen = override?.allergies ?? [];
  const all = stopsOf(check).every(({ allergy }) => seen.includes(allergy.id));
  return override !== null && all && (!second || override.second !== null);
}

const stopsOf = ({ reasons }: MedicineCheck): MedicineCheck["reasons"] =>
  reasons.filter(({ action }) => action === "stop");
