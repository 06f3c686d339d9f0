import {
  arrivedSince,
  chartVitals,
  en,
  openFirstPatient,
  PATIENCE,
  signIn,
  unsent,
  WHOLE_SET,
  wholeBoard,
} from "./steps.ts";
import { expect, test } from "./ward.ts";

test("A nurse signs in, sees the ward, opens a patient, charts vitals, and they reach the HIS exactly once @long", async ({
  newPc,
  nurse,
  ward,
}) => {
  const pc = await newPc();
  const { page } = await pc.start();
  await signIn(page, nurse);
  await wholeBoard(page);
  const before = await ward.his.charted();
  await openFirstPatient(page);
  await chartVitals(page, 83);
  await unsent(page, 0);
  await expect.poll(() => arrivedSince(ward.his, before), PATIENCE).toBe(WHOLE_SET);
  await expect(page.getByRole("cell", { name: "83" }).first()).toBeVisible();
});

test("In an outage she reads and charts; after the power fails and with the HIS still down all is there, and it arrives exactly once", async ({
  newPc,
  nurse,
  ward,
}) => {
  const pc = await newPc();
  const first = await pc.start();
  await signIn(first.page, nurse);
  await wholeBoard(first.page);
  const before = await ward.his.charted();

  await ward.his.setOutage(true);
  await expect(first.page.getByText(/Outage since/u).first()).toBeVisible(PATIENCE);
  const name = await openFirstPatient(first.page);
  await chartVitals(first.page, 91);
  await unsent(first.page, 1);
  await first.kill9();

  const second = await pc.start();
  await signIn(second.page, nurse);
  await expect(second.page.getByText(/Outage since/u).first()).toBeVisible(PATIENCE);
  await wholeBoard(second.page);
  await unsent(second.page, 1);
  await second.page.getByRole("button", { name: new RegExp(`^${en.bar.outbox}`, "u") }).click();
  const entry = second.page.getByRole("table", { name: en.outbox.title }).getByRole("row").nth(1);
  await expect(entry).toContainText(name.toUpperCase() === name ? name : new RegExp(name, "iu"));
  await expect(entry).toContainText("91");
  await expect.poll(() => arrivedSince(ward.his, before), PATIENCE).toBe(0);

  await ward.his.setOutage(false);
  await unsent(second.page, 0);
  await expect.poll(() => arrivedSince(ward.his, before), PATIENCE).toBe(WHOLE_SET);
});
