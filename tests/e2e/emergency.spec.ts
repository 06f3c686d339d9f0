import type { Locator, Page } from "@playwright/test";
import { en, openFirstPatient, PATIENCE, signIn, signOut, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

const NAME = "Dr Amal Zahrani";
const REASON = "Cardiac arrest on the ward";

/** Says who and why; the rest is the secret. */
async function ask(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: en.lock.emergency }).click();
  const dialog = page.getByRole("dialog", { name: en.emergency.title });
  await dialog.getByLabel(en.emergency.name).fill(NAME);
  await dialog.getByLabel(en.emergency.reason).fill(REASON);
  return dialog;
}

test("A doctor who cannot sign in here reads by a colleague's PIN, marked throughout, charts nothing, and ends it; a code of the ward's envelope opens once @long", async ({
  newPc,
  person,
  ward,
}) => {
  const salma = person("nurse-salma");
  const grace = person("nurse-grace");
  const place = ward.his.wards[0]?.id ?? "";
  const code = await ward.his.envelope(place);
  // Another one, so that this PC still offers the way when the first is used up.
  await ward.his.envelope(place);
  const pc = await newPc();
  const app = await pc.start();
  await signIn(app.page, salma);
  await wholeBoard(app.page);
  const locked = await signOut(app, salma);

  let dialog = await ask(locked);
  await dialog.getByLabel(en.emergency.chooseColleague).selectOption(grace.id);
  const pin = dialog.getByLabel(en.emergency.pinOf.replace("{{name}}", grace.name.en));
  await pin.fill("000000");
  await dialog.getByRole("button", { name: en.emergency.open }).click();
  await expect(dialog.getByText(en.emergency.wrongPin)).toBeVisible(PATIENCE);
  await pin.fill(grace.pin);
  await dialog.getByRole("button", { name: en.emergency.open }).click();
  await wholeBoard(locked);
  const band = locked.getByRole("region", { name: en.emergency.title });
  await expect(band).toContainText(NAME);
  await expect(band).toContainText(grace.name.en);
  await expect(band).toContainText(REASON);
  await openFirstPatient(locked);
  await expect(band).toBeVisible();
  await expect(locked.getByText(en.override.markEmergency)).toBeVisible();
  await expect(locked.getByText(en.emergency.noCharting)).toBeVisible();
  await expect(locked.getByRole("button", { name: en.patient.chart })).toBeDisabled();

  const ended = await app.replacedBy(() =>
    band.getByRole("button", { name: en.emergency.end }).click(),
  );
  await expect(ended.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);

  dialog = await ask(ended);
  await dialog.getByLabel(en.emergency.envelope).check();
  // As it is read off the paper: no dashes, small letters.
  await dialog.getByLabel(en.emergency.code).fill(code.toLowerCase().replaceAll("-", ""));
  await dialog.getByRole("button", { name: en.emergency.open }).click();
  await wholeBoard(ended);
  await expect(ended.getByRole("region", { name: en.emergency.title })).toContainText(
    en.emergency.byEnvelope,
  );
  const closed = await app.replacedBy(() =>
    ended.getByRole("button", { name: en.emergency.end }).click(),
  );

  dialog = await ask(closed);
  await dialog.getByLabel(en.emergency.envelope).check();
  await dialog.getByLabel(en.emergency.code).fill(code);
  await dialog.getByRole("button", { name: en.emergency.open }).click();
  await expect(dialog.getByText(en.emergency.refused.used)).toBeVisible(PATIENCE);
  await dialog.getByRole("button", { name: en.emergency.cancel }).click();

  await signIn(closed, salma);
  await wholeBoard(closed);
  await closed.getByRole("button", { name: en.ward.review }).click();
  const list = closed.getByRole("table", { name: en.review.title });
  await expect(list).toContainText(en.review.by.replace("{{name}}", grace.name.en));
  await expect(list).toContainText(en.review.byEnvelope);
});
