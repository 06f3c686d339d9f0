import type { PortConnection } from "./connection.ts";
import { connectElectron } from "./electron.ts";
import { connectPreview } from "./preview.ts";

export type { ServiceClient } from "./client.ts";
export { NoPort, type NoPortReason, type PortConnection } from "./connection.ts";
export { DeadlineExceeded } from "./link.ts";

/**
 * Connects the page to its service, whichever shell it is in. Every call of the client settles: after 20 s at the latest
 * it fails with `DeadlineExceeded`, and with `PortClosed` when the port has died; only `hints` has no deadline.
 * Rejects with {@link NoPort}.
 */
export async function connectPort(): Promise<PortConnection> {
  // Chromium on http is the preview; Electron serves the page from its own scheme (the stand-in maps it to https).
  return window.location.protocol === "http:" ? connectPreview() : connectElectron();
}
