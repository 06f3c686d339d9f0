import { randomUUID } from "node:crypto";
import { accessible } from "./accessible.ts";
import {
  ar,
  beds,
  en,
  openPatient,
  PATIENCE,
  PICTURES,
  signIn,
  speak,
  wholeBoard,
} from "./steps.ts";
import { expect, test } from "./ward.ts";

test("Where the HIS signs nothing it is said once and not at each record, in English and Arabic; an allergy it takes away stays all the same, and a changed order shows what it was", async ({
  newPc,
  person,
  ward,
}) => {
  const layla = person("doctor-layla");
  // The last of them: other journeys change the first.
  const patient = (await ward.his.patients()).findLast(
    ({ ward: where, allergies: [first] }) =>
      where === ward.his.wards[0]?.id && first !== undefined && !first.text.startsWith("No known"),
  );
  const [allergy] = patient?.allergies ?? [];
  if (patient === undefined || allergy === undefined) throw new Error("somebody has an allergy");
  const order = (value: number): object => ({
    resourceType: "MedicationRequest",
    id,
    status: "active",
    intent: "order",
    medicationCodeableConcept: { text: medicine },
    subject: { reference: `Patient/${patient.id}` },
    authoredOn: new Date().toISOString(),
    dosageInstruction: [
      {
        asNeededBoolean: true,
        route: { text: "oral" },
        doseAndRate: [{ doseQuantity: { value, unit: "mg" } }],
      },
    ],
  });
  const [id, medicine] = [randomUUID(), "Metoclopramide (nobody signs)"];
  await ward.his.put(order(10));
  const pc = await newPc({ policy: { guard: { hisSigns: false } } });
  const { page } = await pc.start();
  await signIn(page, layla);
  await wholeBoard(page);
  await ward.his.changeAllergy(allergy.id, "refute");
  await ward.his.put(order(20));
  await openPatient(beds(page).filter({ hasText: patient.bed }).first());
  const said = page.getByRole("listitem").filter({ hasText: medicine });
  await expect(said).toContainText(en.guard.changedOrder, PATIENCE);
  await page.screenshot({ path: `${PICTURES}/15-unsigned-summary.en.png` });

  for (const [code, wording] of [
    ["en", en],
    ["ar", ar],
  ] as const) {
    if (wording === ar) await speak(page, en, "arabic", "night");
    await page.getByRole("tab", { name: wording.patient.tab.allergies }).click();
    const record = page.getByRole("table", { name: wording.allergy.title }).getByRole("row");
    const held = record.filter({ hasText: allergy.text });
    await expect(held).toContainText(wording.guard.reason.refuted, PATIENCE);
    await expect(held).toContainText(wording.allergy.inForce);
    await expect(page.getByText(wording.guard.hisDoesNotSign)).toHaveCount(1);
    for (const mark of ["unverified", "first-seen"] as const)
      await expect(page.getByText(wording.guard.standing[mark])).toHaveCount(0);
    await accessible(page, `allergies of a HIS that does not sign, ${code}`);
    await page.screenshot({ path: `${PICTURES}/15-unsigned-allergies.${code}.png` });

    await page.getByRole("tab", { name: wording.patient.tab.medicines }).click();
    await expect(page.getByText(wording.guard.hisDoesNotSignOrders)).toHaveCount(1);
    const changed = page.getByRole("row").filter({ hasText: medicine });
    await expect(changed).toContainText(wording.guard.changedOrder, PATIENCE);
    await expect(changed).toContainText("10 mg");
    await expect(changed).toContainText("20 mg");
    await expect(page.getByText(wording.guard.standing.unverified)).toHaveCount(0);
    await page.screenshot({ path: `${PICTURES}/15-unsigned-medicines.${code}.png` });
  }
});
