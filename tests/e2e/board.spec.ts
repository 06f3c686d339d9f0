import type { Page } from "@playwright/test";
import { bedOf, beds, en, PATIENCE, signIn, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

test.use({ beds: 40, wards: 1 });

/** Where each column begins. */
const columns = (page: Page) =>
  page
    .getByRole("columnheader")
    .evaluateAll((heads) => heads.map((head) => Math.round(head.getBoundingClientRect().x)));

test("Of a ward of 40 beds the rows in sight are drawn; the keyboard reaches every other, and no column moves", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const { page } = await pc.start();
  await signIn(page, nurse);
  await wholeBoard(page);
  await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "41");
  expect(await beds(page).count()).toBeLessThan(30);
  // What is still missing is said in words that are wider than a column's share.
  for (const missing of [en.ward.notLoaded, en.ward.medicinesNotLoaded, en.ward.vitalsNotLoaded])
    await expect(page.getByRole("grid").getByText(missing)).toHaveCount(0, PATIENCE);
  await page.evaluate(() => document.fonts.ready);
  const at = await columns(page);

  await beds(page).first().focus();
  await page.keyboard.press("End");
  const last = page.locator('[aria-rowindex="41"]');
  await expect(last).toBeFocused();
  await expect(last).toBeInViewport({ ratio: 1 });
  await expect(page.locator('[aria-rowindex="2"]')).toHaveCount(0);
  expect(await columns(page)).toEqual(at);

  await page.keyboard.press("PageUp");
  await page.keyboard.press("PageUp");
  const middle = page.locator('[aria-rowindex="21"]');
  await expect(middle).toBeFocused();
  // The heads of the columns stay where they are, above the rows.
  const heads = await page.getByRole("columnheader").first().boundingBox();
  const row = await middle.boundingBox();
  expect(row?.y).toBeGreaterThanOrEqual((heads?.y ?? 0) + (heads?.height ?? 0) - 1);
  await page.keyboard.press("Home");
  const first = page.locator('[aria-rowindex="2"]');
  await expect(first).toBeFocused();
  await expect(first).toBeInViewport({ ratio: 1 });

  // She turns the wheel: the row that has the focus keeps it, and the arrows go on from there.
  await page.getByRole("grid").hover();
  await page.mouse.wheel(0, 5_000);
  await expect(last).toBeInViewport({ ratio: 1 });
  await expect(first).toBeFocused();
  await page.keyboard.press("ArrowDown");
  const second = page.locator('[aria-rowindex="3"]');
  await expect(second).toBeFocused();
  await expect(second).toBeInViewport({ ratio: 1 });

  // From the end of the board she looks for somebody else: found, he is in sight.
  await page.keyboard.press("End");
  await expect(last).toBeFocused();
  await page.getByLabel(en.ward.find).fill("01");
  await expect(bedOf(page, "01")).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("ArrowDown");
  await expect(beds(page).first()).toBeFocused();
});
