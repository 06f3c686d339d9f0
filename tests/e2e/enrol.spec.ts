import { accessible } from "./accessible.ts";
import { en, PATIENCE, signIn, signOut, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

const DEMO_PASSWORD = "demonstration";
const HUDA = {
  id: "nurse-huda",
  name: { en: "Huda Salem", ar: "هدى سالم" },
  pin: "640917",
} as const;

test("A new PC says that it has not joined; with IT's one-time code it fetches its roster, and the first sign-in opens the ward", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const code = pc.setJoinCode(null);
  const before = await pc.start();
  await expect(before.page.getByText(en.obstacle["not-joined"].title)).toBeVisible(PATIENCE);
  await accessible(before.page, "not joined");
  await before.stop();

  pc.setJoinCode(code);
  const { page } = await pc.start();
  await signIn(page, nurse);
  await wholeBoard(page);
});

test("A new nurse enrols through the HIS's sign-in page, waits for the desk, which sees her number, and signs in once a colleague has @long", async ({
  newPc,
  nurse,
  ward,
}) => {
  await ward.his.setApproves(false);
  const pc = await newPc();
  const app = await pc.start();
  const { page } = app;
  await expect(page.getByRole("option", { name: nurse.name.en })).toBeEnabled(PATIENCE);
  await page.getByRole("button", { name: en.lock.enrol }).click();
  await page.getByRole("button", { name: en.enrol.start }).click();
  await expect(page.getByRole("heading", { name: en.enrol.waitingTitle })).toBeVisible(PATIENCE);
  const address = (await page.locator(".enrol-address").innerText()).trim();
  await accessible(page, "enrolment, the page in the browser");
  expect(app.browsed).toEqual([address]);

  const browser = await page.context().newPage();
  await browser.goto(address);
  await browser.getByLabel("Your name").selectOption(HUDA.id);
  await browser.getByLabel("Password").fill(DEMO_PASSWORD);
  await browser.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: en.enrol.personTitle })).toBeVisible(PATIENCE);
  await browser.close();
  await expect(page.getByText(HUDA.name.en)).toBeVisible();
  await accessible(page, "enrolment, is this you");
  await page.getByRole("button", { name: en.enrol.personYes }).click();

  await page.getByLabel(en.enrol.pin, { exact: true }).fill(HUDA.pin);
  await page.getByLabel(en.enrol.pinAgain).fill(HUDA.pin);
  await accessible(page, "enrolment, PIN");
  await page.getByRole("button", { name: en.enrol.send }).click();
  await expect(page.getByRole("heading", { name: en.enrol.deskTitle })).toBeVisible(PATIENCE);
  await accessible(page, "enrolment, desk");
  const digits = (await page.locator(".enrol-digits").innerText()).replaceAll(/\D/gu, "");
  const [waiting, ...more] = await ward.his.waitingAtDesk();
  expect(more).toEqual([]);
  expect(waiting).toMatchObject({ clinician: HUDA.id, confirmation: digits });
  await ward.his.decide(waiting?.id ?? "", true);
  await expect(page.getByRole("heading", { name: en.enrol.doneTitle })).toBeVisible(PATIENCE);
  await expect(page.getByText(en.enrol.done.pending)).toBeVisible(PATIENCE);

  await accessible(page, "enrolment, done");
  await page.getByRole("button", { name: en.enrol.toSignIn }).click();
  await expect(page.getByRole("option", { name: HUDA.name.en })).toBeDisabled();
  await signIn(page, nurse);
  await wholeBoard(page);
  const fresh = await signOut(app, nurse);
  await signIn(fresh, HUDA);
  await wholeBoard(fresh);
});
