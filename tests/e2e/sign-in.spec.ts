import { en, openFirstPatient, PATIENCE, signIn, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

test("With the HIS down at the very first start the lock screen says what is missing, and goes on by itself when it is back; a wrong PIN opens nothing and is counted, the right one opens", async ({
  newPc,
  nurse,
  ward,
}) => {
  const pc = await newPc();
  await ward.his.setOutage(true);
  const { page } = await pc.start();
  await expect(page.getByText(en.obstacle.heading)).toBeVisible(PATIENCE);
  await expect(page.getByText(en.obstacle.todo)).toBeVisible();
  await ward.his.setOutage(false);
  await signIn(page, nurse, "000000");
  await expect(page.getByText(en.lock.wrongPin)).toBeVisible(PATIENCE);
  await expect(page.getByText("1 wrong try so far.")).toBeVisible();
  await signIn(page, nurse);
  await wholeBoard(page);
});

test("She works in Arabic, from right to left, from the lock screen on @long", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const { page } = await pc.start();
  await page.getByText(en.app.arabic).first().click();
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await expect(page.locator("html")).toHaveAttribute("lang", /^ar/u);
  await expect(page.getByRole("option", { name: nurse.name.ar })).toBeEnabled(PATIENCE);
  await page.getByRole("option", { name: nurse.name.ar }).click();
  await page.locator("input[type=password]").fill(nurse.pin);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid").getByRole("row").nth(2)).toBeVisible(PATIENCE);
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
});

test("She locks by hand, a colleague cannot go back to her page, and what she had typed is there when she returns", async ({
  newPc,
  nurse,
  shell,
}) => {
  const pc = await newPc();
  const app = await pc.start();
  await signIn(app.page, nurse);
  await wholeBoard(app.page);
  const name = await openFirstPatient(app.page);
  await app.page.getByRole("button", { name: en.patient.chart }).click();
  await app.page.getByLabel(en.vitals.pulse, { exact: true }).fill("117");
  await expect(app.page.getByText(en.vitals.draftKept)).toBeVisible(PATIENCE);

  const page = await app.replacedBy(() =>
    app.page.getByRole("button", { name: en.bar.lock, exact: true }).click(),
  );
  await expect(page.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  if (shell === "preview") {
    // Only a browser has a way back.
    await page.goBack();
    await expect(page.getByText(name)).toHaveCount(0);
    await page.goForward();
  }
  await expect(page.getByText(name)).toHaveCount(0);

  await signIn(page, nurse);
  await wholeBoard(page);
  await openFirstPatient(page);
  await page.getByRole("button", { name: en.patient.chart }).click();
  await expect(page.getByLabel(en.vitals.pulse, { exact: true })).toHaveValue("117");
});
