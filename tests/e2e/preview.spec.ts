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
  await expect(other.getByText(en.cover.noLinkTitle)).toBeVisible(PATIENCE);
  await expect(page.getByRole("heading", { name: en.ward.title })).toBeAttached();
});

test("Opening the preview by a fresh link locks the session first: the new tab shows a lock screen, the old one says why", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const app = await pc.start();
  await signIn(app.page, nurse);
  await wholeBoard(app.page);
  const other = await app.page.context().newPage();
  await other.goto(await app.freshLink());
  await expect(other.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  await expect(app.page.getByText(en.cover.takenTitle)).toBeVisible(PATIENCE);
});

test("In a browser of the preview's own a lock ends the page's process, and a fresh page shows the lock screen", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const app = await pc.start({ driven: true });
  await signIn(app.page, nurse);
  await wholeBoard(app.page);
  let ended = false;
  app.page.on("crash", () => {
    ended = true;
  });
  const fresh = await app.replacedBy(() =>
    app.page.getByRole("button", { name: en.bar.lock, exact: true }).click(),
  );
  expect(ended).toBe(true);
  expect(app.page.isClosed()).toBe(true);
  await signIn(fresh, nurse);
  await wholeBoard(fresh);
});
