import { randomUUID } from "node:crypto";
import { accessible } from "./accessible.ts";
import {
  ar,
  beds,
  en,
  openPatient,
  PATIENCE,
  signIn,
  unsent,
  wholeBoard,
  shortly,
} from "./steps.ts";
import { expect, test } from "./ward.ts";

const RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";

for (const [language, wording] of shortly(
  [
    ["English", en],
    ["Arabic", ar],
  ] as const,
  "English",
)) {
  test(`In ${language}: amoxicillin stops a nurse for a penicillin anaphylaxis; a second clinician's PIN lets it pass; paracetamol, whose dose nobody signed, is given when she has compared it with what it was`, async ({
    newPc,
    nurse,
    person,
    ward,
  }) => {
    const [bed] = await ward.his.patients();
    const reference = `Patient/${bed?.id ?? ""}`;
    const order = (medicine: string, code: string, mg = 500, id = randomUUID()): object => ({
      resourceType: "MedicationRequest",
      id,
      status: "active",
      intent: "order",
      medicationCodeableConcept: { coding: [{ system: RXNORM, code }], text: medicine },
      subject: { reference },
      authoredOn: new Date().toISOString(),
      dosageInstruction: [
        {
          asNeededBoolean: true,
          route: { text: "oral" },
          doseAndRate: [{ doseQuantity: { value: mg, unit: "mg" } }],
        },
      ],
    });
    const amoxicillin = `Amoxicillin 500 mg capsule (${language})`;
    const paracetamol = `Paracetamol 500 mg tablet (${language})`;
    await ward.his.put(order(amoxicillin, "723"));
    const changed = randomUUID();
    await ward.his.put(order(paracetamol, "161", 500, changed));
    await ward.his.put({
      resourceType: "AllergyIntolerance",
      id: `penicillin-${language.toLowerCase()}`,
      patient: { reference },
      code: { text: "Penicillin" },
      recordedDate: "2019-05-01",
      criticality: "high",
      reaction: [{ manifestation: [{ text: "Anaphylaxis" }] }],
    });
    const pc = await newPc();
    const { page } = await pc.start();
    if (language === "Arabic") await page.getByText(en.app.arabic).first().click();
    await signIn(page, nurse, nurse.pin, wording);
    await wholeBoard(page, wording);
    await ward.his.put(order(paracetamol, "161", 1000, changed));
    await openPatient(beds(page).filter({ hasNotText: wording.ward.empty }).first());
    await page.getByRole("tab", { name: wording.patient.tab.medicines }).click();
    const give = (medicine: string) =>
      page.getByRole("row").filter({ hasText: medicine }).getByRole("button");

    await give(amoxicillin).click();
    const dialog = page.getByRole("dialog", { name: wording.give.title });
    await expect(dialog.getByText(wording.check.stop)).toBeVisible();
    await expect(dialog.getByRole("alert").first()).toContainText("Penicillin");
    await expect(dialog.getByRole("alert").first()).toContainText("Anaphylaxis");
    await page.screenshot({ path: `out/e2e/giving-stop-${language}.png` });
    await accessible(page, `giving, ${language}`);
    for (const tick of await dialog.getByRole("checkbox").all()) await tick.check();
    await dialog.getByRole("button", { name: wording.give.inSpite }).click();
    await expect(dialog.getByText(wording.give.problem.reason)).toBeVisible();
    await dialog.getByLabel(wording.give.overrideReason).fill("desensitised this morning");
    const second = person("doctor-layla");
    await dialog.getByLabel(wording.give.second).selectOption(second.id);
    await dialog.getByLabel(wording.give.secondPin).fill(second.pin);
    await dialog.getByRole("button", { name: wording.give.inSpite }).click();
    await expect(dialog).toBeHidden(PATIENCE);

    const row = page.getByRole("row").filter({ hasText: paracetamol });
    await expect(row).toContainText(wording.guard.changedOrder, PATIENCE);
    await expect(row).toContainText(`${wording.guard.was} 500 mg`);
    await give(paracetamol).click();
    await expect(dialog.getByText(wording.check.stop)).toHaveCount(0);
    await expect(dialog).toContainText(wording.guard.standing.unverified);
    const change = dialog.getByRole("region", { name: wording.give.changedOrder });
    await expect(change.getByRole("row").nth(1)).toContainText("500 mg");
    await expect(change.getByRole("row").nth(1)).toContainText("1000 mg");
    for (const tick of await dialog.getByRole("checkbox").all()) await tick.check();
    const compared = change.getByRole("checkbox", { name: wording.give.change });
    await compared.uncheck();
    await dialog.getByRole("button", { name: wording.give.save }).click();
    await expect(dialog.getByText(wording.give.problem.change)).toBeVisible();
    await page.screenshot({ path: `out/e2e/giving-changed-${language}.png` });
    await accessible(page, `giving of a changed order, ${language}`);
    await compared.check();
    await dialog.getByRole("radio", { name: wording.give.notGiven }).check();
    await dialog.getByRole("radio", { name: wording.give.reason.asleep }).check();
    await expect(change).toHaveCount(0);
    await page.screenshot({ path: `out/e2e/giving-not-${language}.png` });
    await dialog.getByRole("radio", { name: wording.give.given, exact: true }).check();
    await dialog.getByRole("button", { name: wording.give.save }).click();
    await expect(dialog).toBeHidden(PATIENCE);
    await page.screenshot({ path: `out/e2e/giving-list-${language}.png` });
    if (language === "English") await unsent(page, 0);
  });
}
