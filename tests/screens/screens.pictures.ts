import type { Page } from "@playwright/test";
import { ar, beds, en, PATIENCE, personMenu, signIn, unsent, wholeBoard } from "../e2e/steps.ts";
import { expect, test } from "../e2e/ward.ts";

test.use({ beds: 28 });

for (const [language, wording] of [
  ["en", en],
  ["ar", ar],
] as const) {
  test(`The screens in ${language}`, async ({ newPc, nurse, ward }) => {
    const pc = await newPc();
    const { page } = await pc.start();
    const shot = (name: string) => picture(page, `${name}.${language}`);
    const person = {
      ...nurse,
      name: { ...nurse.name, en: language === "ar" ? nurse.name.ar : nurse.name.en },
    };
    if (language === "ar") await page.getByText(en.app.arabic).first().click();
    await expect(page.getByRole("option", { name: person.name.en })).toBeEnabled(PATIENCE);
    await shot("1-lock");
    await page.getByRole("button", { name: wording.lock.emergency }).click();
    await expect(page.getByRole("dialog", { name: wording.emergency.title })).toBeVisible();
    await shot("8-emergency-access");
    await page.getByRole("button", { name: wording.emergency.cancel }).click();
    await signIn(page, person, person.pin, wording);
    await wholeBoard(page, wording);
    await shot("2-ward");
    await beds(page).filter({ hasNotText: wording.ward.empty }).nth(1).click();
    for (const tab of [
      "summary",
      "allergies",
      "medicines",
      "vitals",
      "results",
      "notes",
    ] as const) {
      await page.getByRole("tab", { name: wording.patient.tab[tab] }).click();
      await shot(`3-patient-${tab}`);
    }
    await ward.his.setOutage(true);
    await page.getByRole("button", { name: wording.patient.chart }).click();
    const form = page.getByRole("form", { name: wording.vitals.form });
    await form.getByLabel(wording.vitals.respiratoryRate, { exact: true }).fill("22");
    await form.getByLabel(wording.vitals.spo2, { exact: true }).fill("94");
    await form.getByLabel(wording.vitals.systolic, { exact: true }).fill("104");
    await form.getByLabel(wording.vitals.diastolic, { exact: true }).fill("66");
    await form.getByLabel(wording.vitals.pulse, { exact: true }).fill("112");
    await form.getByLabel(wording.vitals.temperature, { exact: true }).fill("38.4");
    await form.getByRole("radio", { name: wording.vitals.air, exact: true }).check({ force: true });
    await form.getByRole("radio", { name: wording.vitals.acvpu.A }).check({ force: true });
    await shot("4-vitals-form");
    await form.getByRole("button", { name: wording.vitals.save }).click();
    await expect(form.getByRole("status")).toBeVisible(PATIENCE);
    await expect(page.locator(".bar-outage")).toBeVisible(PATIENCE);
    await page.getByRole("button", { name: new RegExp(`^${wording.bar.outbox}`, "u") }).click();
    await expect(page.getByRole("table", { name: wording.outbox.title })).toBeVisible(PATIENCE);
    await shot("5-outbox-outage");
    await page
      .getByRole("button", { name: wording.bar.ward })
      .or(page.locator(".bar-ward"))
      .first()
      .click();
    await shot("6-ward-outage");
    await page.locator(".connection-button").click();
    await expect(page.getByText(wording.connection.keptText)).toBeVisible();
    await shot("6-connection");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: wording.bar.menu }).click();
    await page.getByRole("button", { name: wording.bar.workstation }).click();
    await expect(
      page.getByRole("heading", { name: wording.workstation.title, level: 1 }),
    ).toBeVisible(PATIENCE);
    await shot("7-workstation");
    for (const tab of ["people", "orders", "sync", "records"] as const) {
      await page.getByRole("tab", { name: wording.keys.tab[tab] }).click();
      await shot(`7-workstation-${tab}`);
    }
    await personMenu(page, nurse, wording);
    await page.getByRole("button", { name: wording.bar.changePin }).click();
    await expect(page.getByRole("dialog", { name: wording.changePin.title })).toBeVisible();
    await shot("9-change-pin");
    await ward.his.setOutage(false);
    if (language === "en") await unsent(page, 0);
  });
}

async function picture(page: Page, name: string): Promise<void> {
  await page.mouse.move(683, 2);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `docs/screens/${name}.png`, animations: "disabled" });
}
