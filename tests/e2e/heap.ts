import type { Page } from "@playwright/test";

/** Every string in the page's heap, from a snapshot taken over the DevTools protocol (garbage is collected first). */
export async function heapText(page: Page): Promise<string> {
  const devTools = await page.context().newCDPSession(page);
  let snapshot = "";
  devTools.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => {
    snapshot += chunk;
  });
  await devTools.send("HeapProfiler.collectGarbage");
  await devTools.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await devTools.detach();
  return snapshot;
}
