import { z } from "zod";

export * from "./shell-names.ts";

/** What the OS tells the shell. `display-off` and `remote-session` lock; both may be unknown to an OS. */
export const OsEvent = z.enum([
  "lock-screen",
  "unlock-screen",
  "suspend",
  "resume",
  "shutdown",
  "display-off",
  "remote-session",
]);
export type OsEvent = z.infer<typeof OsEvent>;

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
    event: OsEvent,
  }),
  z.object({ kind: z.literal("idle"), seconds: z.number().min(0) }),
  /** Carries one port: the badge process's, which speaks `badge.ts`. A new one takes the place of the one before. */
  z.object({ kind: z.literal("badge") }),
  z.object({ kind: z.literal("page-lost") }),
  z.object({ kind: z.literal("stop") }),
]);
export type ToService = z.infer<typeof ToService>;

export const FromService = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("ready"),
    /** The window is black in screenshots and screen sharing. */
    contentProtection: z.boolean(),
    badge: z.boolean(),
  }),
  /** The session left `open`: cover the page and end its process. */
  z.object({
    kind: z.literal("lock"),
    reason: z.string(),
    /** SHA-256 (hex) of what was copied from the page last: a clipboard that still holds it is cleared. */
    copied: z.string().nullable(),
  }),
  /** Somebody enrols: her sign-in at the HIS is shown in the system browser. */
  z.object({ kind: z.literal("open-browser"), url: z.url() }),
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
