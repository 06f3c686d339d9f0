import { en, PATIENCE, signIn, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

test("The preview's link is used up by its first page: reloaded by hand it is locked and works on, another tab gets nothing, and a fresh link takes over, locked, in a new tab and in that one", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const app = await pc.start();
  const { page } = app;
  await signIn(page, nurse);
  await wholeBoard(page);
  await page.reload();
  await expect(page.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  await signIn(page, nurse);
  await wholeBoard(page);

  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByText(en.cover.noLinkTitle)).toBeVisible(PATIENCE);
  await expect(page.getByRole("heading", { name: en.ward.title })).toBeAttached();

  const third = await page.context().newPage();
  await third.goto(await app.freshLink());
  await expect(third.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  await expect(page.getByText(en.cover.takenTitle)).toBeVisible(PATIENCE);

  await other.goto(await app.freshLink());
  await expect(other.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  await expect(third.getByText(en.cover.takenTitle)).toBeVisible(PATIENCE);
});

test("In a browser of the preview's own a lock ends the page's process, and a fresh page shows the lock screen @long", async ({
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
