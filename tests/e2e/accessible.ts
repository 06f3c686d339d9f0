import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** WCAG 2.2 AA, as far as a program can tell. Names what is wrong and where, so that the failure can be read. */
export async function accessible(page: Page, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    // No frames here: the other mode opens a page of its own each time. What passes need not be told.
    .setLegacyMode()
    .options({ resultTypes: ["violations"] })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${screen}: ${id} at ${target.join(" ")}`),
  );
  expect.soft(found).toEqual([]);
}
