import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { ar, en, openFirstPatient, PATIENCE, signIn, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

const tabs = ["summary", "allergies", "medicines", "vitals", "results", "notes"] as const;

/** WCAG 2.2 AA, as far as a program can tell. Names what is wrong and where, so that the failure can be read. */
async function accessible(page: Page, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${screen}: ${id} at ${target.join(" ")}`),
  );
  expect(found).toEqual([]);
}

for (const [language, wording] of [
  ["English", en],
  ["Arabic", ar],
] as const) {
  for (const theme of ["day", "night"] as const) {
    test(`Every screen is accessible in ${language} by ${theme}`, async ({ newPc, nurse }) => {
      const pc = await newPc();
      const { page } = await pc.start();
      await expect(page.getByRole("option", { name: nurse.name.en })).toBeEnabled(PATIENCE);
      await page.getByText(en.app[theme], { exact: true }).click();
      await accessible(page, "lock");
      await signIn(page, nurse);
      await wholeBoard(page);
      if (language === "Arabic") {
        await page.getByRole("button", { name: en.bar.menu }).click();
        await page.getByText(en.app.arabic).click();
        await page.keyboard.press("Escape");
        await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
      }
      await accessible(page, "ward");
      if (language === "English") await openFirstPatient(page);
      else {
        await page.getByRole("grid").getByRole("row").nth(1).click();
        await expect(page.getByRole("tab", { name: wording.patient.tab.summary })).toBeVisible(
          PATIENCE,
        );
      }
      for (const tab of tabs) {
        await page.getByRole("tab", { name: wording.patient.tab[tab] }).click();
        await accessible(page, tab);
      }
      await page.getByRole("button", { name: wording.patient.chart }).click();
      await accessible(page, "vitals form");
      await page.getByRole("button", { name: new RegExp(`^${wording.bar.outbox}`, "u") }).click();
      await accessible(page, "outbox");
      await page.getByRole("button", { name: wording.bar.menu }).click();
      await page.getByRole("button", { name: wording.bar.workstation }).click();
      await expect(page.getByRole("heading", { name: wording.workstation.title })).toBeVisible();
      await accessible(page, "workstation");
    });
  }
}
