import { z } from "zod";

export * from "./shell-names.ts";

/**
 * What the Electron shell and the service say to each other over `parentPort`. Checked on both sides. Nothing clinical
 * travels here: the page's port is handed over beside a `connect` and main never reads it.
 */
export const ToService = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("start"),
    dataDir: z.string().min(1),
    policyFile: z.string().min(1),
    version: z.string(),
  }),
  /** Carries one port: the page's. */
  z.object({ kind: z.literal("connect") }),
  z.object({
    kind: z.literal("os"),
    event: z.enum(["lock-screen", "unlock-screen", "suspend", "resume", "shutdown"]),
  }),
  z.object({ kind: z.literal("idle"), seconds: z.number().min(0) }),
  z.object({ kind: z.literal("page-lost") }),
  z.object({ kind: z.literal("stop") }),
]);
export type ToService = z.infer<typeof ToService>;

export const FromService = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  /** The session left `open`: cover the page and end its process. */
  z.object({ kind: z.literal("lock"), reason: z.string() }),
  z.object({ kind: z.literal("failed"), detail: z.string() }),
  z.object({ kind: z.literal("stopped") }),
]);
export type FromService = z.infer<typeof FromService>;

/**
 * The page's Content Security Policy, the same in both shells.
 *
 * SECURITY: P4. Nothing but our own files; styles by nonce (Mantine), no inline script, no frames, no forms. `connect` is
 * `'none'` in Electron, where the page has a port, and `'self'` in the preview, for its WebSocket.
 */
export function contentSecurityPolicy(nonce: string, connect: "'none'" | "'self'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}
