import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { accessible } from "./accessible.ts";
import type { BedPatient, HisProcess } from "./his.ts";
import {
  ar,
  bedOf,
  en,
  openPatient,
  PATIENCE,
  personMenu,
  PICTURES,
  shortly,
  signIn,
  speak,
  unsent,
  wholeBoard,
} from "./steps.ts";
import { expect, test } from "./ward.ts";

for (const [language, wording, change, how] of [
  ["English", en, "remove", "keeps it, where the HIS signs nothing and that is said once"],
  ["Arabic", ar, "refute", "says to keep it, and so does a second one, as policy wants it of two"],
] as const)
  test(`A doctor sees an allergy that the HIS changed unsigned, still there, and ${how}; the HIS has it again (${language})${language === "English" ? " @long" : ""}`, async ({
    newPc,
    person,
    ward,
  }) => {
    const layla = person("doctor-layla");
    // Each language has a patient of its own: one with a single allergy, one with more.
    const patient = await withoutAllergies(ward.his);
    const [allergy, another] = ["Penicillin V", "Natural rubber"].map((text) => ({
      id: randomUUID(),
      text,
    }));
    if (allergy === undefined || another === undefined) throw new Error("there are two");
    for (const one of language === "English" ? [allergy] : [allergy, another])
      await ward.his.put(recorded(one, patient.id));
    const byTwo = { twoClinicians: [{ type: "AllergyIntolerance", change: "refuted" }] };
    const hisSigns = language === "Arabic";
    const order = { id: randomUUID(), patient: patient.id, medicine: "Metoclopramide (unsigned)" };
    if (!hisSigns) await ward.his.put(ordered(order, 10));
    const pc = await newPc({ policy: { guard: { ...byTwo, hisSigns } } });
    const app = await pc.start();
    const { page } = app;
    if (language === "Arabic") await page.getByText(en.app.arabic).first().click();
    await signIn(page, layla, layla.pin, wording);
    await wholeBoard(page, wording);
    const row = bedOf(page, patient.bed);
    await ward.his.changeAllergy(allergy.id, change);
    if (!hisSigns) await ward.his.put(ordered(order, 20));
    await expect(row).toContainText(wording.ward.holds_one.replace("{{count}}", "1"), PATIENCE);
    await openPatient(row);
    const holds = page.getByRole("region", {
      name: wording.guard.title_one.replace("{{count}}", "1"),
    });
    await expect(holds).toContainText(allergy.text, PATIENCE);
    const reason = change === "remove" ? "removed" : "refuted";
    await expect(holds).toContainText(wording.guard.reason[reason]);
    await page.getByRole("tab", { name: wording.patient.tab.allergies }).click();
    const record = page.getByRole("table", { name: wording.allergy.title });
    if (hisSigns) {
      // Each record says how far it can be believed.
      await expect(record.getByText(wording.guard.standing["first-seen"])).not.toHaveCount(0);
      await expect(page.getByText(wording.guard.hisDoesNotSign)).toHaveCount(0);
    } else {
      await saidOnce(page, en, allergy.text, order.medicine);
      await speak(page, en, "arabic", "night");
      await saidOnce(page, ar, allergy.text, order.medicine);
      await speak(page, ar, "english", "day");
    }
    await page.getByRole("tab", { name: wording.patient.tab.allergies }).click();
    await accessible(page, "a patient with a hold");
    await page.screenshot({ path: `${PICTURES}/10-hold.${wording === en ? "en" : "ar"}.png` });
    await holds.getByRole("button").first().press("Enter");
    const question = page.getByRole("dialog");
    const words = change === "refute" ? wording.guard.two.first.keep : wording.guard.keep;
    const keep = question.getByRole("button", { name: words, exact: true });
    await keep.click();
    await expect(question.getByText(wording.guard.whyShort)).toBeVisible();
    await question.getByRole("textbox").fill("Anaphylaxis seen by me in 2019");
    await accessible(page, "the review of a hold");
    await page.screenshot({ path: `${PICTURES}/10-review.${wording === en ? "en" : "ar"}.png` });
    await keep.click();
    await expect(question).toBeHidden(PATIENCE);
    if (change === "refute") {
      const { short, second, yours } = wording.guard.two;
      await expect(holds).toContainText(short.keep.replace("{{who}}", layla.name.ar), PATIENCE);
      // She has said it, and cannot say it a second time.
      await holds.getByRole("button").first().press("Enter");
      await expect(question).toContainText(yours);
      await expect(keep).toBeDisabled();
      await page.keyboard.press("Escape");
      const omar = person("doctor-omar");
      await personMenu(page, layla, wording);
      await app.replacedBy(() => page.getByRole("button", { name: wording.bar.signOut }).click());
      await signIn(page, omar, omar.pin, wording);
      await wholeBoard(page, wording);
      await openPatient(row);
      await holds.getByRole("button").first().press("Enter");
      await expect(question).toContainText("Anaphylaxis seen by me in 2019");
      await question.getByRole("textbox").fill("Asked the mother: her lips swelled");
      await accessible(page, "the review of a hold by a second clinician");
      await page.screenshot({ path: `${PICTURES}/10-review-second.ar.png` });
      await question.getByRole("button", { name: second.keep, exact: true }).click();
      await expect(question).toBeHidden(PATIENCE);
    }
    await expect(holds).toBeHidden(PATIENCE);
    await expect(page.getByText(allergy.text).first()).toBeVisible();
    await expect
      .poll(
        async () =>
          (await ward.his.patients())
            .find(({ bed, ward: where }) => bed === patient.bed && where === patient.ward)
            ?.allergies.map(({ text }) => text),
        PATIENCE,
      )
      .toContain(allergy.text);
    if (language === "English") await unsent(page, 0);
  });

for (const [language, wording] of shortly(
  [
    ["English", en],
    ["Arabic", ar],
  ],
  "Arabic",
))
  test(`An allergy was taken away with a key that turns out to have been stolen: it is there again, and a doctor keeps it (${language}) @long`, async ({
    newPc,
    person,
    ward,
  }) => {
    const layla = person("doctor-layla");
    const patient = await withoutAllergies(ward.his);
    const allergy = { id: randomUUID(), text: `Bee venom ${language}` };
    await ward.his.put(recorded(allergy, patient.id));
    const pc = await newPc({ policy: { guard: { hisSigns: true } } });
    const { page } = await pc.start();
    if (language === "Arabic") await page.getByText(en.app.arabic).first().click();
    await signIn(page, layla, layla.pin, wording);
    await wholeBoard(page, wording);
    await openPatient(bedOf(page, patient.bed));
    await page.getByRole("tab", { name: wording.patient.tab.allergies }).click();
    const record = page.getByRole("table", { name: wording.allergy.title });
    await expect(record.getByText(allergy.text)).toBeVisible(PATIENCE);
    const stolen = new Date();
    await ward.his.signedAllergy(allergy.id, "remove", "doctor-omar");
    await expect(record.getByText(allergy.text)).toHaveCount(0, PATIENCE);
    try {
      await ward.his.signerStolen(stolen);
      const holds = page.getByRole("region", {
        name: wording.guard.title_one.replace("{{count}}", "1"),
      });
      const [, afterWhom = ""] = wording.guard.claimedRevoked.split("{{who}}");
      await expect(holds).toContainText(afterWhom, PATIENCE);
      await expect(record.getByText(allergy.text)).toBeVisible();
      await accessible(page, "a patient with a hold of a stolen key");
      const code = wording === en ? "en" : "ar";
      await page.screenshot({ path: `${PICTURES}/16-stolen-key.${code}.png` });
      await holds.getByRole("button").first().press("Enter");
      const question = page.getByRole("dialog");
      await expect(question).toContainText(wording.guard.wasInForce);
      await question.getByRole("textbox").fill("Anaphylaxis seen by me in 2019");
      await page.screenshot({ path: `${PICTURES}/16-stolen-key-review.${code}.png` });
      await question.getByRole("button", { name: wording.guard.keep, exact: true }).click();
      await expect(question).toBeHidden(PATIENCE);
      await expect(holds).toBeHidden(PATIENCE);
      await expect
        .poll(async () => {
          const all = await ward.his.patients();
          const his = all.find(({ id }) => id === patient.id)?.allergies.map(({ text }) => text);
          return his ?? [];
        }, PATIENCE)
        .toContain(allergy.text);
    } finally {
      await ward.his.signerStolen(null);
    }
  });

async function withoutAllergies({ patients, wards: [ward] }: HisProcess): Promise<BedPatient> {
  const found = (await patients()).find(
    ({ ward: where, allergies }) => where === ward?.id && allergies.length === 0,
  );
  if (found === undefined) throw new Error("nobody is without allergies");
  return found;
}

/** An allergy as it has long been in the HIS. */
function recorded(
  { id, text }: { readonly id: string; readonly text: string },
  patient: string,
): object {
  return {
    resourceType: "AllergyIntolerance",
    id,
    clinicalStatus: status("allergyintolerance-clinical", "active"),
    verificationStatus: status("allergyintolerance-verification", "confirmed"),
    patient: { reference: `Patient/${patient}` },
    code: { text },
    recordedDate: "2019-05-01",
    criticality: "high",
    reaction: [{ manifestation: [{ text: "Anaphylaxis" }] }],
  };
}

const status = (system: string, code: string): object => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
});

/** Metoclopramide if needed, as somebody wrote it into the HIS, unsigned. */
function ordered(
  {
    id,
    patient,
    medicine,
  }: { readonly id: string; readonly patient: string; readonly medicine: string },
  mg: number,
): object {
  return {
    resourceType: "MedicationRequest",
    id,
    status: "active",
    intent: "order",
    medicationCodeableConcept: { text: medicine },
    subject: { reference: `Patient/${patient}` },
    authoredOn: new Date().toISOString(),
    dosageInstruction: [
      {
        asNeededBoolean: true,
        route: { text: "oral" },
        doseAndRate: [{ doseQuantity: { value: mg, unit: "mg" } }],
      },
    ],
  };
}

/** Of a HIS that signs nothing: one line on each list, no mark at each record, and what was changed is told all the same. */
async function saidOnce(
  page: Page,
  wording: typeof en | typeof ar,
  allergy: string,
  medicine: string,
): Promise<void> {
  const { guard, patient } = wording;
  const code = wording === en ? "en" : "ar";
  await page.getByRole("tab", { name: patient.tab.summary }).click();
  const line = page.getByRole("listitem").filter({ hasText: medicine });
  await expect(line).toContainText(guard.changedOrder, PATIENCE);
  await page.getByRole("tab", { name: patient.tab.allergies }).click();
  const held = page
    .getByRole("table", { name: wording.allergy.title })
    .getByRole("row")
    .filter({ hasText: allergy });
  await expect(held).toContainText(guard.reason.removed);
  await expect(held).toContainText(wording.allergy.inForce);
  await expect(page.getByText(guard.hisDoesNotSign)).toHaveCount(1);
  for (const mark of ["unverified", "first-seen"] as const)
    await expect(page.getByText(guard.standing[mark])).toHaveCount(0);
  await page.screenshot({ path: `${PICTURES}/15-unsigned-allergies.${code}.png` });
  await page.getByRole("tab", { name: patient.tab.medicines }).click();
  await expect(page.getByText(guard.hisDoesNotSignOrders)).toHaveCount(1);
  const changed = page.getByRole("row").filter({ hasText: medicine });
  await expect(changed).toContainText(guard.changedOrder);
  await expect(changed).toContainText("10 mg");
  await expect(changed).toContainText("20 mg");
  await expect(page.getByText(guard.standing.unverified)).toHaveCount(0);
  await accessible(page, `medicines of a HIS that does not sign, ${code}`);
  await page.screenshot({ path: `${PICTURES}/15-unsigned-medicines.${code}.png` });
}
