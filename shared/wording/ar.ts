import { app, time, role, sex, sexShort, cover } from "./ar/app.ts";
import { lock, obstacle, emergency, changePin } from "./ar/lock.ts";
import { connection, fresh, outage, progress, sync } from "./ar/connection.ts";
import { bar, ward, news2 } from "./ar/ward.ts";
import { guard, allergy, elsewhere } from "./ar/guard.ts";
import { patient, summary, results, notes, override } from "./ar/patient.ts";
import { medicine, howOften, give, order, check } from "./ar/medicines.ts";
import { vitals, correct } from "./ar/vitals.ts";
import { outbox } from "./ar/outbox.ts";
import { workstation, notice, keys } from "./ar/workstation.ts";
import { enrol } from "./ar/enrol.ts";
import { review, privacy } from "./ar/review.ts";
import { error } from "./ar/error.ts";
import type { ArabicWording } from "./wording.ts";

/** Every sentence the page says, in Arabic as wards write it. Counted sentences carry all six plural forms. */
export const ar = {
  app,
  time,
  role,
  sex,
  sexShort,
  cover,
  lock,
  obstacle,
  connection,
  fresh,
  outage,
  progress,
  sync,
  bar,
  ward,
  news2,
  guard,
  allergy,
  elsewhere,
  patient,
  summary,
  medicine,
  howOften,
  give,
  order,
  check,
  vitals,
  results,
  notes,
  correct,
  outbox,
  workstation,
  enrol,
  emergency,
  override,
  changePin,
  notice,
  review,
  privacy,
  keys,
  error,
} satisfies ArabicWording;
