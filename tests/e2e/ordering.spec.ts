import { accessible } from "./accessible.ts";
import {
  ar,
  bedOf,
  en,
  openPatient,
  PATIENCE,
  PICTURES,
  shortly,
  signIn,
  unsent,
  wholeBoard,
} from "./steps.ts";
import type { BedPatient } from "./his.ts";
import { expect, test } from "./ward.ts";

for (const [language, wording] of shortly(
  [
    ["English", en],
    ["Arabic", ar],
  ] as const,
  "Arabic",
))
  test(`A doctor's order of amoxicillin stops for a penicillin allergy whose removal is held; what she orders in an outage is given by nobody until the HIS has it (${language})`, async ({
    newPc,
    person,
    ward,
  }) => {
    const code = wording === en ? "en" : "ar";
    const layla = person("doctor-layla");
    // Each language has a patient of its own, and not one whose record another journey has merged.
    const free: BedPatient[] = [];
    for (const one of await ward.his.patients())
      if (
        one.ward === ward.his.wards[0]?.id &&
        (await ward.his.read("Patient", one.id))["link"] === undefined
      )
        free.push(one);
    const patient = free.at(wording === en ? -1 : -2);
    if (patient === undefined) throw new Error("somebody lies in the ward");
    const allergy = `penicillin-ordered-${code}`;
    await ward.his.put({
      resourceType: "AllergyIntolerance",
      id: allergy,
      patient: { reference: `Patient/${patient.id}` },
      code: { text: "Penicillin" },
      recordedDate: "2019-05-01",
      criticality: "high",
      reaction: [{ manifestation: [{ text: "Anaphylaxis" }] }],
    });
    const pc = await newPc();
    const { page } = await pc.start();
    if (language === "Arabic") await page.getByText(en.app.arabic).first().click();
    await signIn(page, layla, layla.pin, wording);
    await wholeBoard(page, wording);
    const row = bedOf(page, patient.bed);
    await ward.his.changeAllergy(allergy, "remove");
    await expect(row).toContainText(wording.ward.holds_one.replace("{{count}}", "1"), PATIENCE);
    await openPatient(row);
    await page.getByRole("tab", { name: wording.patient.tab.medicines }).click();
    await page.getByRole("button", { name: wording.order.open }).click();
    const dialog = page.getByRole("dialog", { name: wording.order.title });
    await dialog.getByLabel(wording.order.find).fill("amoxi");
    const shot = (name: string) =>
      page.screenshot({ path: `${PICTURES}/14-order-${name}.${code}.png` });
    await dialog.getByRole("button", { name: "Amoxicillin" }).first().click();
    await expect(dialog.getByText(wording.check.stop)).toBeVisible();
    await expect(dialog.getByRole("alert").first()).toContainText("Penicillin");
    const dose = async (amount: string): Promise<void> => {
      await dialog.getByLabel(wording.order.amount).fill(amount);
      await dialog.getByLabel(wording.order.unit, { exact: true }).selectOption("mg");
      await dialog.getByLabel(wording.order.route).selectOption("oral");
    };
    await dose("500");
    await dialog.getByRole("button", { name: wording.order.inSpite }).click();
    await expect(dialog.getByText(wording.order.problem.reason)).toBeVisible();
    await accessible(page, `ordering, ${language}`);
    await shot("stop");

    // What she typed comes back, and the medicine is another.
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await page.getByRole("button", { name: wording.order.open }).click();
    await expect(dialog.getByLabel(wording.order.amount)).toHaveValue("500", PATIENCE);
    await dialog.getByRole("button", { name: wording.order.change }).click();
    await dialog.getByLabel(wording.order.find).fill("azithro");
    await dialog.getByRole("button", { name: "Azithromycin" }).first().click();
    await expect(dialog.getByText(wording.check.stop)).toHaveCount(0);
    await ward.his.setOutage(true);
    await expect(dialog.getByText(wording.order.outage)).toBeVisible(PATIENCE);
    await dialog.getByLabel(wording.order.timesADay).selectOption({ value: "2" });
    await dialog.getByLabel(wording.order.days).fill("5");
    await dialog.getByLabel(wording.order.reason).fill("pneumonia");
    await shot("form");
    await dialog.getByRole("button", { name: wording.order.sign, exact: true }).click();
    await expect(dialog).toBeHidden(PATIENCE);

    const here = page.getByRole("region", { name: wording.order.here.title });
    await expect(here).toContainText("Azithromycin", PATIENCE);
    await expect(here).toContainText(wording.order.here.waiting);
    const orders = page.getByRole("row").filter({ hasText: "Azithromycin" });
    await expect(orders).toHaveCount(0);
    await accessible(page, `an order that waits, ${language}`);
    await shot("waits");

    await ward.his.setOutage(false);
    await expect(here).toBeHidden(PATIENCE);
    await expect(orders).toHaveCount(1, PATIENCE);
    await expect(orders.getByRole("button")).toBeEnabled();
    await shot("came-back");
    if (language === "English") await unsent(page, 0);
  });
