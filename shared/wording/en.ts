import { app, time, role, sex, sexShort, cover } from "./en/app.ts";
import { lock, obstacle, emergency, changePin } from "./en/lock.ts";
import { connection, fresh, outage, progress, sync } from "./en/connection.ts";
import { bar, ward, news2 } from "./en/ward.ts";
import { guard, allergy, elsewhere } from "./en/guard.ts";
import { patient, summary, results, notes, override } from "./en/patient.ts";
import { medicine, howOften, give, order, check } from "./en/medicines.ts";
import { vitals, correct } from "./en/vitals.ts";
import { outbox } from "./en/outbox.ts";
import { workstation, notice, keys } from "./en/workstation.ts";
import { enrol } from "./en/enrol.ts";
import { review, privacy } from "./en/review.ts";
import { error } from "./en/error.ts";

/** Every sentence the page says, in English. `ar.ts` must answer each key; see `wording.ts`. */
export const en = {
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
};
