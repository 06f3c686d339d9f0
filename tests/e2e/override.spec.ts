import { beds, en, openPatient, PATIENCE, signIn, signOut, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

test("A doctor opens a patient of a ward that is not hers: only with a reason, marked on screen, and reviewed by somebody else", async ({
  newPc,
  person,
  ward,
}) => {
  const layla = person("doctor-layla");
  const salma = person("nurse-salma");
  const [mine, theirs] = ward.his.wards;
  if (mine === undefined || theirs === undefined) throw new Error("two wards are needed");
  await ward.his.changeEntry(layla.id, { wards: [mine.id] });
  const pc = await newPc({ wards: [mine, theirs] });
  const app = await pc.start();
  const { page } = app;
  await signIn(page, layla);
  await wholeBoard(page);
  await page.getByRole("combobox", { name: en.ward.chooseWard }).selectOption(theirs.id);
  const outside = beds(page).filter({ hasText: en.ward.outside }).first();
  await expect(outside).toBeVisible(PATIENCE);
  await openPatient(outside);
  const question = page.getByRole("dialog", { name: en.override.title });
  await expect(question).toBeVisible();
  await question.getByRole("button", { name: en.override.open }).click();
  await expect(question.getByText(en.override.problem.choose)).toBeVisible();
  await question.getByLabel(en.override.reason.covering).check();
  await question.getByLabel(en.override.more).fill("Dr Haddad is in theatre");
  await question.getByRole("button", { name: en.override.open }).click();
  await expect(page.getByText(en.override.mark)).toBeVisible(PATIENCE);
  await expect(page.getByRole("tab", { name: en.patient.tab.summary })).toBeVisible();
  await page.getByRole("button", { name: en.patient.back }).first().click();
  await page.getByRole("button", { name: en.ward.review }).click();
  const list = page.getByRole("table", { name: en.review.title });
  await expect(list.getByRole("row").nth(1)).toContainText(en.review.own);

  const fresh = await signOut(app, layla);
  await signIn(fresh, salma);
  await wholeBoard(fresh);
  await fresh.getByRole("button", { name: en.ward.review }).click();
  const entry = fresh.getByRole("table", { name: en.review.title }).getByRole("row").nth(1);
  await expect(entry).toContainText(layla.name.en);
  await expect(entry).toContainText(en.override.reason.covering);
  await expect(entry).toContainText("Dr Haddad is in theatre");
  await entry.getByRole("button").click();
  await expect(fresh.getByText(en.review.emptyOpen)).toBeVisible(PATIENCE);
  await fresh.getByText(en.review.all, { exact: true }).click();
  await expect(entry).toContainText(en.review.reviewedBy.replace("{{name}}", salma.name.en));
});
