import type { Page } from "@playwright/test";

/** Between two keys of a keyboard-wedge reader, in seconds. */
const GAP = 0.005;

/**
 * A badge tapped on a keyboard-wedge reader: its number and Enter, with a reader's times on the keys themselves. The page
 * tells a reader from a hand by these times, and those of a test on a busy machine would be anybody's.
 */
export async function tapBadge(page: Page, number: string): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  const start = Date.now() / 1000;
  const keys = Array.from(number, (key) => ({ key, text: key }));
  const sent = [...keys, { key: "Enter", text: "\r" }].flatMap(({ key, text }, index) => {
    const timestamp = start + index * GAP;
    return [
      devTools.send("Input.dispatchKeyEvent", { type: "keyDown", key, text, timestamp }),
      devTools.send("Input.dispatchKeyEvent", { type: "keyUp", key, timestamp }),
    ];
  });
  // The lock may take the page away before the last key is up.
  await Promise.allSettled(sent);
}
