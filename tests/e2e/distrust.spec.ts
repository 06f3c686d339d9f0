import type { Page } from "@playwright/test";
import { accessible } from "./accessible.ts";
import {
  allSent,
  ar,
  bedOf,
  chartVitals,
  en,
  openPatient,
  PATIENCE,
  personMenu,
  PICTURES,
  shortly,
  signIn,
  speak,
  wholeBoard,
} from "./steps.ts";
import { expect, test } from "./ward.ts";

/** As the desk says it with `npm run control -- distrust`, and takes it back with `trust`. */
const order = (trusted: boolean, since: Date) => ({
  trusted,
  since: since.toISOString(),
  reason: "break-in at the HIS",
});

for (const [language, wording, pulse] of shortly(
  [
    ["English", en, 94],
    ["Arabic", ar, 96],
  ] as const,
  "English",
))
  test(`While the hospital says that the HIS is not to be believed, every screen says so, nothing is taken over, and charting waits (${language})`, async ({
    newPc,
    nurse,
    ward,
  }) => {
    const code = wording === en ? "en" : "ar";
    const shot = (page: Page, name: string) =>
      page.screenshot({ path: `${PICTURES}/13-distrust-${name}.${code}.png` });
    const patient = (await ward.his.patients()).find(
      ({ ward: where, allergies: [first] }) =>
        where === ward.his.wards[0]?.id &&
        first !== undefined &&
        !first.text.startsWith("No known"),
    );
    const [allergy] = patient?.allergies ?? [];
    if (patient === undefined || allergy === undefined) throw new Error("somebody has an allergy");
    const pc = await newPc();
    const app = await pc.start();
    const { page } = app;
    if (wording === ar) await page.getByText(en.app.arabic).first().click();
    await signIn(page, nurse, nurse.pin, wording);
    await wholeBoard(page, wording);
    const since = new Date();
    const believedTo = since.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    await ward.his.issue("his-trust", "amanah-demo", order(false, since));
    try {
      // The bar is never "live" while nothing arrives, and the line under it says what to do.
      const bar = page.getByRole("banner", { name: wording.bar.label });
      await expect(bar).toContainText(wording.connection.distrusted, PATIENCE);
      const notice = page.getByRole("status", { name: wording.notice.label });
      await expect(notice).toContainText(wording.notice["his-distrusted"].title);
      await expect(notice).toContainText(believedTo);
      await shot(page, "board");
      await ward.his.changeAllergy(allergy.id, "remove");
      await openPatient(bedOf(page, patient.bed));
      await chartVitals(page, pulse, wording);
      await expect(page.getByText(allergy.text).first()).toBeVisible();
      // CLINICAL: what colleagues give at other PCs does not arrive here either.
      await page.getByRole("tab", { name: wording.patient.tab.medicines }).click();
      await expect(
        page
          .getByText(wording.medicine.outage.split("{{")[0] ?? "")
          .filter({ visible: true })
          .first(),
      ).toBeVisible();
      await shot(page, "medicines");
      await page.getByRole("button", { name: new RegExp(`^${wording.bar.outbox}`, "u") }).click();
      const outbox = page.getByRole("table", { name: wording.outbox.title });
      await expect(outbox).toContainText(wording.outbox.whyDistrusted, PATIENCE);
      await accessible(page, "outbox of a distrusted HIS");
      await shot(page, "outbox");
      // A colleague reads it in the other language.
      const other = wording === en ? ar : en;
      await speak(page, wording, other === ar ? "arabic" : "english");
      const told = page.getByRole("status", { name: other.notice.label });
      await expect(told).toContainText(other.notice["his-distrusted"].title);
      await expect(told).toContainText(believedTo);
      await expect(page.getByRole("table", { name: other.outbox.title })).toContainText(
        other.outbox.whyDistrusted,
      );
      await speak(page, other, wording === ar ? "arabic" : "english");
      await page.getByRole("button", { name: wording.bar.menu }).click();
      await page.getByRole("button", { name: wording.bar.workstation }).click();
      await expect(page.getByText(wording.keys.alert["his-distrusted"])).toBeVisible(PATIENCE);
      await shot(page, "it");
      await personMenu(page, nurse, wording);
      const locked = await app.replacedBy(() =>
        page.getByRole("button", { name: wording.bar.signOut }).click(),
      );
      await expect(locked.getByText(wording.connection.distrustedLong)).toBeVisible(PATIENCE);
      await shot(locked, "lock");

      await ward.his.issue("his-trust", "amanah-demo", order(true, new Date()));
      await signIn(locked, nurse, nurse.pin, wording);
      await allSent(locked, wording);
      // What the HIS said meanwhile comes, and passes the gate like anything else.
      await expect(bedOf(locked, patient.bed)).toContainText(
        wording.ward.holds_one.replace("{{count}}", "1"),
        PATIENCE,
      );
    } finally {
      await ward.his.issue("his-trust", "amanah-demo", order(true, new Date()));
    }
  });
