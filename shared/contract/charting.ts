import { z } from "zod";
import { clinical, ofPatient, pinErrors, Reason } from "./bases.ts";
import { Comparison, GiveInput, MedicineCheck, NotAdministrable } from "./medicines.ts";
import {
  MedicineChoice,
  NamedMedicine,
  NotOrderable,
  OrderCheck,
  OrderInput,
  OrderProblem,
  SameSubstance,
} from "./ordering.ts";
import { Instant, VitalName, VitalValues } from "./parts.ts";

/** A field of a vitals set that cannot be saved as it is. */
export const VitalProblem = z.object({
  field: z.union([VitalName, z.literal("at"), z.literal("set")]),
  /** `implausible` can be confirmed; the others cannot. */
  problem: z.enum(["empty", "out-of-range", "implausible", "future", "too-old"]),
});

/** What a clinician charts: each a signed act, saved on this PC before it is answered. */
export const record = {
  /**
   * Saves a set as one signed act: committed to this PC's disk when it is answered, and in the escrow file unless that
   * alone cannot be written (IT is alarmed; she need not stop).
   */
  vitals: ofPatient
    .errors({
      /** The uuid was saved before with other values or another time; the first one stands. */
      ALREADY_SAVED: { status: 409 },
      INVALID: { status: 422, data: z.object({ problems: z.array(VitalProblem) }) },
    })
    .input(
      z.object({
        /** Made by the page once per form, so that a repeated save is the same act. */
        uuid: z.uuid(),
        patient: z.string(),
        at: Instant,
        values: VitalValues,
        /** Implausible values she looked at and confirmed. */
        confirmed: z.array(VitalName),
      }),
    )
    .output(z.object({ uuid: z.string() })),
  /**
   * Charts that a dose was given or not, as one signed act. The drug-allergy check is made here, at the moment of giving,
   * against what is in force then; a stop needs an override that names every record that stops.
   */
  give: ofPatient
    .errors({
      ALREADY_SAVED: { status: 409 },
      STOPPED: {
        status: 409,
        data: z.object({ check: MedicineCheck, second: z.boolean() }),
      },
      NOT_ADMINISTRABLE: { status: 409, data: z.object({ why: NotAdministrable }) },
      /** The order, or what is due of it, is not what was on the screen. */
      CHANGED: { status: 409 },
      /** What she has not compared and has to; the order may have come to be one that was changed unsigned. */
      NOT_COMPARED: { status: 422, data: z.object({ missing: z.array(Comparison) }) },
      WRONG_TIME: { status: 422 },
      /** The second clinician's PIN; and she cannot be the one who gives. */
      ...pinErrors,
      NOT_READY: {
        status: 409,
        data: z.object({
          why: z.enum(["pending", "unknown", "revoked", "expired", "badge"]),
        }),
      },
    })
    .input(GiveInput)
    .output(z.object({ uuid: z.string() })),
  /** Medicines that the knowledge pack names, by name, other name or brand: the first dozen. */
  medicineNames: clinical
    .input(z.object({ sought: z.string().trim().min(2).max(100) }))
    .output(z.array(NamedMedicine)),
  /** What stands against an order of this medicine, before it is signed; nothing is charted. */
  orderCheck: ofPatient
    .errors({ NOT_ORDERABLE: { status: 409, data: z.object({ why: NotOrderable }) } })
    .input(z.object({ patient: z.string(), medicine: MedicineChoice }))
    .output(OrderCheck),
  /**
   * Charts an order as one signed act. Everything is checked here again, with what is in force then. CLINICAL: nothing is given
   * by it before the HIS has stored it and sent it back.
   */
  order: ofPatient
    .errors({
      ALREADY_SAVED: { status: 409 },
      STOPPED: {
        status: 409,
        data: z.object({ check: MedicineCheck, second: z.boolean() }),
      },
      /** There is an order of the same substance that was not on her screen. */
      SAME_SUBSTANCE: { status: 409, data: z.object({ same: z.array(SameSubstance) }) },
      NOT_ORDERABLE: { status: 409, data: z.object({ why: NotOrderable }) },
      INVALID: { status: 422, data: z.object({ problems: z.array(OrderProblem) }) },
      WRONG_TIME: { status: 422 },
      /** The second clinician's PIN; and she cannot be the one who orders. */
      ...pinErrors,
      NOT_READY: {
        status: 409,
        data: z.object({
          why: z.enum(["pending", "unknown", "revoked", "expired", "badge"]),
        }),
      },
    })
    .input(OrderInput)
    .output(z.object({ uuid: z.string() })),
  /** Puts charted vitals right, or marks them as entered in error: one signed act, on the versions that are shown. */
  correct: ofPatient
    .errors({
      ALREADY_SAVED: { status: 409 },
      /** The record is not as it was shown any more. */
      CHANGED: { status: 409 },
      INVALID: { status: 422, data: z.object({ problems: z.array(VitalProblem) }) },
    })
    .input(
      z.object({
        uuid: z.uuid(),
        patient: z.string(),
        at: Instant,
        /** Ids of the Observations of the set. */
        ids: z.array(z.string()).min(1).max(50),
        /** The right values; what is left out stays. */
        values: VitalValues.partial(),
        wrong: z.array(VitalName),
        confirmed: z.array(VitalName),
        reason: Reason,
      }),
    )
    .output(z.object({ uuid: z.string() })),
};
