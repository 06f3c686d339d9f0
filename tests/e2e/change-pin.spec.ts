import type { Page } from "@playwright/test";
import { en, PATIENCE, personMenu, signIn, signOut, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

const NEW = "418273";

async function changePin(page: Page, old: string, wanted: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: en.changePin.title });
  await dialog.getByLabel(en.changePin.old).fill(old);
  await dialog.getByLabel(en.changePin.wanted, { exact: true }).fill(wanted);
  await dialog.getByLabel(en.changePin.again).fill(wanted);
  await dialog.getByRole("button", { name: en.changePin.save }).click();
}

test("He changes his PIN: the old one is refused from then on, the new one opens, also after the power failed with the HIS down, and on another PC @long", async ({
  newPc,
  person,
  ward,
}) => {
  // Nobody else's journey signs in as him afterwards.
  const omar = person("doctor-omar");
  const pc = await newPc();
  const app = await pc.start();
  await signIn(app.page, omar);
  await wholeBoard(app.page);
  await personMenu(app.page, omar);
  await app.page.getByRole("button", { name: en.bar.changePin }).click();
  await changePin(app.page, "000000", NEW);
  await expect(app.page.getByText(en.changePin.wrongOld)).toBeVisible(PATIENCE);
  await changePin(app.page, omar.pin, "123456");
  await expect(app.page.getByText(en.changePin.problem.run).first()).toBeVisible(PATIENCE);
  await changePin(app.page, omar.pin, NEW);
  await expect(app.page.getByText(en.changePin.done)).toBeVisible(PATIENCE);
  await app.page.getByRole("button", { name: en.app.close }).click();

  const page = await signOut(app, omar);
  await signIn(page, omar);
  await expect(page.getByText(en.lock.wrongPin)).toBeVisible(PATIENCE);
  await signIn(page, omar, NEW);
  await wholeBoard(page);

  const other = await newPc();
  const elsewhere = await other.start();
  await signIn(elsewhere.page, omar, NEW);
  await wholeBoard(elsewhere.page);
  await elsewhere.stop();

  await ward.his.setOutage(true);
  await app.kill9();
  const again = await pc.start();
  await signIn(again.page, omar);
  await expect(again.page.getByText(en.lock.wrongPin)).toBeVisible(PATIENCE);
  await signIn(again.page, omar, NEW);
  await wholeBoard(again.page);
});
