import { randomUUID } from "node:crypto";
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
  wholeBoard,
} from "./steps.ts";
import { expect, test } from "./ward.ts";

for (const [language, wording, place] of shortly(
  [
    ["English", en, 0],
    ["Arabic", ar, 1],
  ] as const,
  "English",
)) {
  test(`A dose that another PC gave in an outage is alarmed on the medicines and on the board, and what she typed is still there after a lock (${language})`, async ({
    newPc,
    nurse,
    ward: { his },
  }) => {
    const here = (await his.patients()).filter(({ ward }) => ward === his.wards[0]?.id);
    const patient = here[2 + place];
    if (patient === undefined) throw new Error("the ward has patients");
    const due = new Date(Math.floor((Date.now() - 30 * 60_000) / 1_000) * 1_000).toISOString();
    const order = {
      resourceType: "MedicationRequest",
      id: randomUUID(),
      status: "active",
      intent: "order",
      medicationCodeableConcept: { text: "Metoprolol 50 mg tablet" },
      subject: { reference: `Patient/${patient.id}` },
      authoredOn: due,
      dosageInstruction: [
        {
          timing: { event: [due] },
          route: { text: "oral" },
          doseAndRate: [{ doseQuantity: { value: 50, unit: "mg" } }],
        },
      ],
    };
    await his.put(order);
    const pc = await newPc({ policy: { sync: { intervalSeconds: 5 } } });
    const app = await pc.start();
    let { page } = app;
    const picture = (name: string) =>
      page.screenshot({ path: `${PICTURES}/12-${name}.${wording === en ? "en" : "ar"}.png` });
    if (language === "Arabic") await page.getByText(en.app.arabic).first().click();
    await signIn(page, nurse, nurse.pin, wording);
    await wholeBoard(page, wording);
    const give = async () => {
      await openPatient(bedOf(page, patient.bed));
      await page.getByRole("tab", { name: wording.patient.tab.medicines }).click();
      const row = page.getByRole("row").filter({ hasText: "Metoprolol 50 mg tablet" });
      await row.getByRole("button").click();
      return page.getByRole("dialog", { name: wording.give.title });
    };
    const typing = await give();
    await typing.getByRole("radio", { name: wording.give.notGiven }).check();
    await typing.getByLabel(wording.give.more).fill("In theatre until noon");
    // The dialog is over the bar: only its keyboard way out is left, and a lock by the system or the badge.
    await page.keyboard.press("Escape");
    page = await app.replacedBy(() =>
      page.getByRole("button", { name: wording.bar.lock, exact: true }).click(),
    );
    await signIn(page, nurse, nurse.pin, wording);
    await wholeBoard(page, wording);
    await his.setOutage(true);
    await expect(page.locator(".bar-outage")).toBeVisible(PATIENCE);
    const dialog = await give();
    await expect(dialog.getByLabel(wording.give.more)).toHaveValue("In theatre until noon");
    await picture("give-restored");
    await dialog.getByRole("radio", { name: wording.give.given, exact: true }).check();
    for (const tick of await dialog.getByRole("checkbox").all()) await tick.check();
    await picture("give");
    await dialog.getByRole("button", { name: wording.give.save }).click();
    await expect(dialog).toBeHidden(PATIENCE);
    await his.put({
      resourceType: "MedicationAdministration",
      id: randomUUID(),
      extension: [
        {
          url: "urn:amanah:administration-due",
          valueDateTime: due,
        },
      ],
      status: "completed",
      medicationCodeableConcept: order.medicationCodeableConcept,
      subject: order.subject,
      effectiveDateTime: due,
      performer: [{ actor: { reference: "Practitioner/nurse-omar", display: "Omar Haddad" } }],
      request: { reference: `MedicationRequest/${order.id}` },
    });
    await his.setOutage(false);
    const alarm = page.getByRole("alert").filter({ hasText: wording.medicine.double.todo });
    await expect(alarm).toContainText("Metoprolol 50 mg tablet", PATIENCE);
    await accessible(page, `a double dose, ${language}`);
    await picture("double-dose");
    await page.locator(".bar-ward").first().click();
    await expect(
      page.getByText(wording.ward.doubleDoses_one.replace("{{count}}", "1")).first(),
    ).toBeVisible(PATIENCE);
    await picture("double-dose-board");
  });

  test(`A doctor finds a patient of another ward and has the record fetched; a record that was merged says where it went; in an outage it says that nobody else can be found (${language}) @long`, async ({
    newPc,
    person,
    ward: { his },
  }) => {
    const layla = person("doctor-layla");
    const guest = (await his.patients()).find(({ ward }) => ward === his.wards[1]?.id);
    const here = (await his.patients()).filter(({ ward }) => ward === his.wards[0]?.id);
    const [merged, into] = [here[4 + place], here[2 + place]];
    if (guest === undefined || merged === undefined || into === undefined)
      throw new Error("both wards have patients");
    await his.put({
      ...(await his.read("Patient", merged.id)),
      link: [{ other: { reference: `Patient/${into.id}` }, type: "replaced-by" }],
    });
    await his.put({
      ...(await his.read("Patient", into.id)),
      link: [{ other: { reference: `Patient/${merged.id}` }, type: "replaces" }],
    });
    const family = guest.name.split(/[ ,]/u)[0] ?? "";
    const pc = await newPc({ policy: { sync: { intervalSeconds: 5 } } });
    const { page } = await pc.start();
    const picture = (name: string) =>
      page.screenshot({ path: `${PICTURES}/13-${name}.${wording === en ? "en" : "ar"}.png` });
    if (language === "Arabic") await page.getByText(en.app.arabic).first().click();
    await signIn(page, layla, layla.pin, wording);
    await wholeBoard(page, wording);
    const find = page.getByRole("textbox", { name: wording.ward.find });
    const ask = page.getByRole("button", { name: /whole hospital|المستشفى كله/u });
    await find.fill("zzzz");
    await picture("elsewhere-ask");
    await ask.click();
    await expect(page.getByText(wording.elsewhere.nobody)).toBeVisible(PATIENCE);
    await picture("elsewhere-nobody");
    await find.fill(family);
    await ask.click();
    await expect(page.getByText(wording.elsewhere.found)).toBeVisible(PATIENCE);
    await accessible(page, `found in the whole hospital, ${language}`);
    await picture("elsewhere-found");
    await page.getByRole("button", { name: wording.elsewhere.bring }).first().click();
    const override = page.getByRole("dialog", { name: wording.override.title });
    await override.getByRole("radio").first().check();
    await override.getByRole("button", { name: wording.override.open }).click();
    await expect(override).toBeHidden(PATIENCE);
    await expect(page.getByText(wording.override.mark)).toBeVisible(PATIENCE);
    await picture("elsewhere-brought");
    await page.locator(".bar-ward").first().click();
    await openPatient(bedOf(page, merged.bed));
    await expect(page.getByText(wording.patient.mergedOpen)).toBeVisible(PATIENCE);
    await accessible(page, `a merged record, ${language}`);
    await picture("merged");
    await page.getByText(wording.patient.mergedOpen).click();
    await expect(
      page.getByText(wording.patient.mergedFrom.split("{{")[0]?.trim() ?? "", { exact: false }),
    ).toBeVisible(PATIENCE);
    await picture("merged-into");
    await page.locator(".bar-ward").first().click();
    await his.setOutage(true);
    await expect(page.locator(".bar-outage")).toBeVisible(PATIENCE);
    await find.fill("zzzz");
    await ask.click();
    await expect(page.getByText(wording.elsewhere.unanswered)).toBeVisible(PATIENCE);
    await picture("elsewhere-outage");
  });
}
