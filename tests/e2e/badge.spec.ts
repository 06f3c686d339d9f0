import { makeVirtualCard } from "../badge/virtual-card.ts";
import { withCardReader } from "./reader.ts";
import { badgeNamed, en, openFirstPatient, PATIENCE, typePin, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

const reader = withCardReader();

test("A nurse lays her badge down, types her PIN and works; her badge taken, the screen is a lock screen, and with badge and PIN what she was typing is there", async ({
  newPc,
  person,
}) => {
  const salma = person("nurse-salma");
  const badge = makeVirtualCard({ uid: "04a1b2c3d4e501" });
  const pc = await newPc({ policy: { session: { badge: "optional" } } });
  const app = await pc.start();
  await expect(app.page.getByText(en.lock.badge.watching)).toBeVisible(PATIENCE);
  await expect(app.page.getByRole("option", { name: salma.name.en })).toBeEnabled(PATIENCE);
  const hers = await reader().insert(badge);
  await badgeNamed(app.page, salma);
  await typePin(app.page, salma.pin);
  await wholeBoard(app.page);
  const name = await openFirstPatient(app.page);
  await app.page.getByRole("button", { name: en.patient.chart }).click();
  await app.page.getByLabel(en.vitals.pulse, { exact: true }).fill("117");
  await expect(app.page.getByText(en.vitals.draftKept)).toBeVisible(PATIENCE);

  const page = await app.replacedBy(() => hers.remove());
  await expect(page.getByText(en.lock.reason["badge-removed"])).toBeVisible(PATIENCE);
  await expect(page.getByText(name)).toHaveCount(0);

  await reader().insert(badge);
  await badgeNamed(page, salma);
  await typePin(page, salma.pin);
  await wholeBoard(page);
  await openFirstPatient(page);
  await page.getByRole("button", { name: en.patient.chart }).click();
  await expect(page.getByLabel(en.vitals.pulse, { exact: true })).toHaveValue("117");
});
