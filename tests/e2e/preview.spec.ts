import { en, PATIENCE, signIn, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

test("Reloading the preview by hand locks the session and still works without a new link", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const { page } = await pc.start();
  await signIn(page, nurse);
  await wholeBoard(page);
  await page.reload();
  await expect(page.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  await signIn(page, nurse);
  await wholeBoard(page);
});

test("The link of the preview is used up by the first page: another tab that opens it gets nothing", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const { page } = await pc.start();
  await signIn(page, nurse);
  await wholeBoard(page);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByText(en.cover.failedTitle)).toBeVisible(PATIENCE);
  await expect(page.getByRole("heading", { name: en.ward.title })).toBeAttached();
});
