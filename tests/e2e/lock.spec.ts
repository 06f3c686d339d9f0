import { heapText } from "./heap.ts";
import { beds, en, openFirstPatient, PATIENCE, signIn, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

test("After the idle time the page is replaced by a fresh lock screen whose memory holds nothing of the patient", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc({ policy: { session: { idleSeconds: 30, warningSeconds: 10 } } });
  const app = await pc.start();
  await signIn(app.page, nurse);
  await wholeBoard(app.page);
  const mrn = (
    await beds(app.page)
      .getByText(/\d{6,}/u)
      .first()
      .innerText()
  ).trim();
  const name = await openFirstPatient(app.page);
  const open = await heapText(app.page);
  expect(open).toContain(name);
  expect(open).toContain(mrn);

  const page = await app.replacedBy(async () => {
    await expect(app.page.getByText(/Locking in \d+ seconds?/u)).toBeVisible(PATIENCE);
  });
  await expect(page.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  await expect(page.getByText(en.lock.reason.idle)).toBeVisible();
  const locked = await heapText(page);
  expect(locked).toContain(nurse.name.en);
  expect(locked).not.toContain(name);
  expect(locked).not.toContain(mrn);
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
