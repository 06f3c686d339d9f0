import { expect, type Locator, type Page } from "@playwright/test";
import { ar } from "../../shared/wording/ar.ts";
import { en } from "../../shared/wording/en.ts";
import type { Person, Charted } from "./his.ts";
import type { HisProcess } from "./his.ts";
import type { App } from "./shells.ts";

/** What the page says in one language. */
type Words = Pick<typeof en | typeof ar, "lock" | "ward" | "patient">;

const nameOf = (person: Pick<Person, "name">, wording: Words): string =>
  wording.lock === ar.lock ? person.name.ar : person.name.en;

/** `npm run e2e -- --long`: every journey in every language and shell. */
const isLong = process.env["E2E_LONG"] !== undefined;

/** A journey is made in `language` alone, and in both in the long form: how every screen looks in both is seen elsewhere. */
export const shortly = <Row extends readonly [string, ...unknown[]]>(
  rows: readonly Row[],
  language: Row[0],
): readonly Row[] => (isLong ? rows : rows.filter(([name]) => name === language));

/** The first sync of a ward, and an outage seen, take the longest of all a test waits for. */
export const PATIENCE = { timeout: 60_000 };

/** Where journeys put their pictures: with `PICTURES=docs/screens` those of the documentation, otherwise nobody's. */
export const PICTURES = process.env["PICTURES"] ?? "out/screens";

/** Chooses her name and types her PIN, as soon as this PC knows her. */
export async function signIn(
  page: Page,
  person: Pick<Person, "name" | "pin">,
  pin: string = person.pin,
  wording: Words = en,
): Promise<void> {
  const list = page.getByRole("listbox", { name: wording.lock.choose });
  const name = list.getByRole("option", { name: nameOf(person, wording) });
  await expect(name).toBeEnabled(PATIENCE);
  await name.click();
  await pinOf(page, person, wording).fill(pin);
  await page.getByRole("button", { name: wording.lock.signIn, exact: true }).click();
}

/** Her name is chosen by the badge that lies there, and the PIN is next. */
export async function badgeNamed(page: Page, person: Person): Promise<void> {
  await expect(page.getByText(en.lock.badge.hers.replace("{{name}}", person.name.en))).toBeVisible(
    PATIENCE,
  );
  await expect(page.getByRole("option", { name: person.name.en })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await expect(pinOf(page, person)).toBeFocused();
}

export const pinOf = (page: Page, person: Pick<Person, "name">, wording: Words = en) =>
  page.getByLabel(wording.lock.pinFor.replace("{{name}}", nameOf(person, wording)));

/** Types where the focus is: nothing is clicked. */
export async function typePin(page: Page, pin: string): Promise<void> {
  await page.keyboard.type(pin, { delay: 40 });
  await page.keyboard.press("Enter");
}

/** The ward board with every patient's record complete. */
export async function wholeBoard(page: Page, wording: Words = en): Promise<void> {
  await expect(page.getByRole("heading", { name: wording.ward.title })).toBeAttached(PATIENCE);
  // Before there are beds nothing says that it is being loaded either.
  await expect(beds(page).first()).toBeVisible(PATIENCE);
  // Arabic has a form of its own for one, two, a few and many.
  const loading = Object.entries(wording.ward).flatMap(([name, words]) =>
    /^loading_(?!zero)/u.test(name) && typeof words === "string" ? [words] : [],
  );
  for (const unfinished of [...loading, wording.ward.neverLoaded])
    await expect(page.getByText(unfinished.replace("{{count}}", "").trim())).toHaveCount(
      0,
      PATIENCE,
    );
}

export const beds = (page: Page) =>
  page
    .getByRole("grid")
    .getByRole("row")
    .filter({ has: page.getByRole("gridcell") });

/** The row of one bed: its number may be part of another row's time or age. */
export const bedOf = (page: Page, bed: string): Locator =>
  beds(page).filter({ has: page.getByRole("gridcell", { name: bed, exact: true }) });

/** Opens the patient of this row of the board, as the keyboard does. */
export async function openPatient(row: Locator): Promise<void> {
  await row.click();
  await row.page().keyboard.press("Enter");
}

/** The menu behind her name. */
export async function personMenu(
  page: Page,
  person: Pick<Person, "name">,
  wording: Words = en,
): Promise<void> {
  await page.getByRole("button", { name: nameOf(person, wording) }).click();
}

/** Goes over to another language, in the menu of the bar, and from there to a theme. */
export async function speak(
  page: Page,
  { app, bar }: Pick<typeof en | typeof ar, "app" | "bar">,
  language: "english" | "arabic",
  theme?: "day" | "night",
): Promise<void> {
  await page.getByRole("button", { name: bar.menu }).click();
  if (theme !== undefined) await page.getByText(app[theme], { exact: true }).click();
  await page.getByText(en.app[language], { exact: true }).click();
  await page.keyboard.press("Escape");
  await expect(page.locator("html")).toHaveAttribute("lang", language === "arabic" ? "ar" : "en");
}

/** Signs out; gives the fresh lock screen. */
export async function signOut(app: App, person: Person): Promise<Page> {
  const { page } = app;
  await personMenu(page, person);
  const fresh = await app.replacedBy(() =>
    page.getByRole("button", { name: en.bar.signOut }).click(),
  );
  await expect(fresh.getByText(en.lock.reason["sign-out"])).toBeVisible(PATIENCE);
  return fresh;
}

/** Opens the patient of the first occupied bed; gives the family name in the banner. */
export async function openFirstPatient(page: Page, wording: Words = en): Promise<string> {
  const row = beds(page).filter({ hasNotText: wording.ward.empty }).first();
  await openPatient(row);
  const banner = page
    .getByRole("region", { name: wording.patient.banner })
    .or(page.getByLabel(wording.patient.banner));
  await expect(banner.first()).toBeVisible(PATIENCE);
  return (await banner.first().innerText()).split(/[,\n]/u)[0]?.trim() ?? "";
}

/** Charts a whole set; the pulse marks it, so that one set can be told from another. */
export async function chartVitals(
  page: Page,
  pulse: number,
  wording: typeof en | typeof ar = en,
): Promise<void> {
  await page.getByRole("button", { name: wording.patient.chart }).click();
  const form = page.getByRole("form", { name: wording.vitals.form });
  const values: [string, number][] = [
    [wording.vitals.respiratoryRate, 17],
    [wording.vitals.spo2, 97],
    [wording.vitals.systolic, 124],
    [wording.vitals.diastolic, 79],
    [wording.vitals.pulse, pulse],
    [wording.vitals.temperature, 36.8],
  ];
  for (const [label, value] of values)
    await form.getByLabel(label, { exact: true }).fill(String(value));
  await form.getByRole("radio", { name: wording.vitals.air, exact: true }).check({ force: true });
  await form.getByRole("radio", { name: wording.vitals.acvpu.A }).check({ force: true });
  await form.getByRole("button", { name: wording.vitals.save }).click();
  await expect(form.getByRole("status")).toContainText(
    wording.vitals.savedWaiting.split("{{")[0] ?? "",
    PATIENCE,
  );
}

export async function unsent(page: Page, count: number): Promise<void> {
  if (count === 0) return allSent(page);
  const name = `${en.bar.outbox}: ${count} unsent`;
  await expect(page.getByRole("button", { name })).toBeVisible(PATIENCE);
}

export async function allSent(page: Page, { bar }: Pick<typeof en | typeof ar, "bar"> = en) {
  const name = `${bar.outbox}: ${bar.unsentNone}`;
  await expect(page.getByRole("button", { name })).toBeVisible(PATIENCE);
}

/**
 * How many resources the HIS was given since `before`. A second delivery would show as more of them than were charted, or as
 * one that had to be written again.
 */
export async function arrivedSince(his: HisProcess, before: readonly Charted[]): Promise<number> {
  const known = new Set(before.map(({ id }) => id));
  const arrived = (await his.charted()).filter(({ id }) => !known.has(id));
  expect(arrived.filter(({ version }) => version !== 1)).toEqual([]);
  return arrived.length;
}

/** Observations of the whole set that {@link chartVitals} types; blood pressure is one with two parts. */
export const WHOLE_SET = 7;

export { ar, en };
