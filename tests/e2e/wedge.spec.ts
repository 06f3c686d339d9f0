import { en, PATIENCE, pinOf, signIn, typePin, wholeBoard } from "./steps.ts";
import { tapBadge } from "./tap.ts";
import { expect, test } from "./ward.ts";

test("With a reader that types, a colleague's tap locks the board and names him; on the lock screen a tap names, and never opens @long", async ({
  newPc,
  person,
}) => {
  const salma = person("nurse-salma");
  const omar = person("doctor-omar");
  const pc = await newPc({ policy: { session: { wedge: true } } });
  const app = await pc.start();
  await expect(app.page.getByText(en.lock.badge.wedge)).toBeVisible(PATIENCE);
  await signIn(app.page, salma);
  await wholeBoard(app.page);
  // The search field has the focus: the first keys of a tap fall into it.
  await app.page.getByLabel(en.ward.find).click();

  const page = await app.replacedBy(() => tapBadge(app.page, "04a1b2c3d4e505"));
  await expect(page.getByText(en.lock.reasonTapped["other-badge"])).toBeVisible(PATIENCE);
  await expect(pinOf(page, omar)).toBeFocused();
  await tapBadge(page, "04a1b2c3d4e501");
  await expect(pinOf(page, salma)).toBeFocused();
  await expect(pinOf(page, salma)).toHaveValue("");
  await expect(page.getByRole("heading", { name: en.ward.title })).toHaveCount(0);
  await typePin(page, salma.pin);
  await wholeBoard(page);

  const away = await app.replacedBy(() => tapBadge(page, "04a1b2c3d4e501"));
  await expect(away.getByText(en.lock.reasonTapped["badge-removed"])).toBeVisible(PATIENCE);
});
