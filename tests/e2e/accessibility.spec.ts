import type { Page } from "@playwright/test";
import { accessible } from "./accessible.ts";
import {
  ar,
  beds,
  en,
  openFirstPatient,
  openPatient,
  PATIENCE,
  personMenu,
  PICTURES,
  pinOf,
  signIn,
  wholeBoard,
} from "./steps.ts";
import { tapBadge } from "./tap.ts";
import { expect, test } from "./ward.ts";

const records = ["summary", "allergies", "medicines", "vitals", "results", "notes"] as const;
const parts = ["overview", "people", "orders", "records", "policy", "support"] as const;

/** The language and the theme, chosen where they can be before anybody has signed in. */
async function choose(page: Page, wording: typeof en | typeof ar, theme: "day" | "night") {
  await page.getByText(en.app[theme], { exact: true }).click();
  if (wording === en) return;
  await page.getByText(en.app.arabic, { exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
}

const SETTINGS = [
  ["English", en, "day"],
  ["Arabic", ar, "night"],
  ["English", en, "night"],
  ["Arabic", ar, "day"],
] as const;

/** In the short form each screen is looked at once, and each language and theme; crossed with `npm run e2e -- --long`. */
const isLong = process.env["E2E_LONG"] !== undefined;
const BEFORE = isLong ? SETTINGS : SETTINGS.slice(0, 1);
const AFTER = isLong ? SETTINGS : SETTINGS.slice(1, 2);

for (const [language, wording, theme] of BEFORE) {
  test(`Every screen before the sign-in, and emergency access, is accessible in ${language} by ${theme} @long`, async ({
    newPc,
    nurse,
    person,
    ward,
  }) => {
    const grace = person("nurse-grace");
    await ward.his.envelope(ward.his.wards[0]?.id ?? "");
    const pc = await newPc({ policy: { session: { wedge: true } } });
    const app = await pc.start();
    const { page } = app;
    await expect(page.getByRole("option", { name: nurse.name.en })).toBeEnabled(PATIENCE);
    await choose(page, wording, theme);
    await accessible(page, "lock");
    await tapBadge(page, "04a1b2c3d4e501");
    await expect(pinOf(page, nurse, wording)).toBeFocused();
    await accessible(page, "lock with a badge");

    await page.getByRole("button", { name: wording.lock.enrol }).click();
    await accessible(page, "enrolment");
    await page.getByRole("button", { name: wording.enrol.request.open }).click();
    await expect(page.getByLabel(wording.enrol.pin, { exact: true })).toBeVisible();
    await accessible(page, "request for IT");
    await page.getByRole("button", { name: wording.lock.back }).click();

    // The first sign-in gives the envelope its slot.
    await signIn(page, nurse, nurse.pin, wording);
    await wholeBoard(page, wording);
    await personMenu(page, nurse, wording);
    await app.replacedBy(() => page.getByRole("button", { name: wording.bar.signOut }).click());
    await page.getByRole("button", { name: wording.lock.emergency }).click();
    const dialog = page.getByRole("dialog", { name: wording.emergency.title });
    await dialog.getByLabel(wording.emergency.envelope).check();
    await accessible(page, "emergency access by envelope");
    await dialog.getByLabel(wording.emergency.colleague).check();
    await dialog.getByRole("button", { name: wording.emergency.open }).click();
    await accessible(page, "emergency access, incomplete");
    await dialog.getByLabel(wording.emergency.name).fill("Dr Amal Zahrani");
    await dialog.getByLabel(wording.emergency.reason).fill("Cardiac arrest");
    await dialog.getByLabel(wording.emergency.chooseColleague).selectOption(grace.id);
    await dialog.locator("#emergency-pin").fill(grace.pin);
    await dialog.getByRole("button", { name: wording.emergency.open }).click();
    await wholeBoard(page, wording);
    await accessible(page, "ward in an emergency access");
  });
}

for (const [language, wording, theme] of AFTER) {
  test(`Every screen after the sign-in is accessible in ${language} by ${theme}`, async ({
    newPc,
    person,
    ward,
  }) => {
    const layla = person("doctor-layla");
    const [mine, theirs] = ward.his.wards;
    if (mine === undefined || theirs === undefined) throw new Error("two wards are needed");
    await ward.his.changeEntry(layla.id, { wards: [mine.id] });
    const pc = await newPc({ wards: [mine, theirs] });
    const app = await pc.start();
    const { page } = app;
    await expect(page.getByRole("option", { name: layla.name.en })).toBeEnabled(PATIENCE);
    await choose(page, wording, theme);
    await signIn(page, layla, layla.pin, wording);
    await wholeBoard(page, wording);
    await accessible(page, "ward");
    await openFirstPatient(page, wording);
    for (const tab of records) {
      await page.getByRole("tab", { name: wording.patient.tab[tab] }).click();
      await accessible(page, tab);
    }
    await page.getByRole("button", { name: wording.patient.chart }).click();
    await accessible(page, "vitals form");
    await page.getByRole("button", { name: new RegExp(`^${wording.bar.outbox}`, "u") }).click();
    await accessible(page, "outbox");

    await personMenu(page, layla, wording);
    await page.getByRole("button", { name: wording.bar.changePin }).click();
    const pins = page.getByRole("dialog", { name: wording.changePin.title });
    await pins.getByRole("textbox", { name: wording.changePin.wanted, exact: true }).fill("123456");
    await pins.getByRole("button", { name: wording.changePin.save }).click();
    await accessible(page, "PIN change, refused");
    await pins.getByRole("button", { name: wording.changePin.cancel }).click();

    await page.getByRole("button", { name: wording.bar.menu }).click();
    await page.getByRole("button", { name: wording.bar.workstation }).click();
    for (const part of parts) {
      await page.getByRole("tab", { name: wording.keys.tab[part] }).click();
      await accessible(page, `workstation, ${part}`);
    }

    await page.locator(".bar-ward").click();
    await page.getByRole("combobox", { name: wording.ward.chooseWard }).selectOption(theirs.id);
    const outside = beds(page).filter({ hasText: wording.ward.outside }).first();
    await expect(outside).toBeVisible(PATIENCE);
    await accessible(page, "ward with patients of others");
    await openPatient(outside);
    const question = page.getByRole("dialog", { name: wording.override.title });
    await question.getByRole("button", { name: wording.override.open }).click();
    await accessible(page, "override, incomplete");
    await question.getByLabel(wording.override.reason.covering).check();
    await question.getByRole("button", { name: wording.override.open }).click();
    await expect(page.getByText(wording.override.mark)).toBeVisible(PATIENCE);
    await accessible(page, "record opened by override");
    await page.locator(".bar-ward").click();
    await page.getByRole("button", { name: wording.ward.review }).click();
    await expect(page.getByRole("table", { name: wording.review.title })).toBeVisible();
    await accessible(page, "review");

    // Who watches over it all finds her reading there, and is in it herself.
    const noura = person("officer-noura");
    await personMenu(page, layla, wording);
    const fresh = await app.replacedBy(() =>
      page.getByRole("button", { name: wording.bar.signOut }).click(),
    );
    await signIn(fresh, noura, noura.pin, wording);
    const list = fresh.getByRole("table", { name: wording.privacy.title });
    const marked = list.getByRole("row").filter({ hasText: wording.privacy.byOverride }).first();
    await expect(marked).toContainText(language === "Arabic" ? layla.name.ar : layla.name.en);
    await expect(marked).toContainText(wording.privacy.did.opened);
    await accessible(fresh, "who saw what");
    await fresh.screenshot({ path: `${PICTURES}/who-saw-what.${language}.png` });
    // By keyboard: from the marked entry to all of that patient's.
    await marked.getByRole("button").focus();
    await fresh.keyboard.press("Enter");
    await expect(fresh.getByRole("button", { name: wording.privacy.everybody })).toBeVisible();
    await expect(list.getByRole("row").nth(1)).toContainText(wording.privacy.did["list-read"]);
    await accessible(fresh, "who saw what of one patient");
    await fresh.screenshot({ path: `${PICTURES}/who-saw-what-of-one.${language}.png` });
    await fresh.getByRole("button", { name: wording.ward.review }).click();
    await fresh.getByText(wording.review.everywhere, { exact: true }).click();
    await expect(fresh.getByText(wording.review.asTheHisHas)).toBeVisible(PATIENCE);
    await accessible(fresh, "reviews of all PCs");
    await fresh.screenshot({ path: `${PICTURES}/reviews-everywhere.${language}.png` });
  });
}
