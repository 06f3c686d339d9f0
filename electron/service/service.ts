import type { Router } from "./api/index.ts";
import type { FromBadge, ToBadge } from "../../shared/badge.ts";
import type { LockReason } from "../../shared/contract/index.ts";
import type { OsEvent } from "../../shared/shell.ts";

/** What a shell gives the service. */
export interface ServiceOptions {
  /** Where journal.db, chart.db and the escrow file live; made with mode 0700. */
  readonly dataDir: string;
  /** Where IT's policy is; a missing file is an empty policy. */
  readonly policyFile: string;
  readonly preview: boolean;
  readonly version: string;
  /** For IT: never clinical, never a key. */
  readonly log?: (message: string) => void;
  /** Shows an address in the system browser; absent where there is none (the address is then shown to be typed). */
  readonly openBrowser?: (url: string) => void;
}

export type { OsEvent };

/** The badge process, as the service holds it. */
export interface BadgeChannel {
  send(message: ToBadge): void;
  onMessage(listener: (message: FromBadge) => void): void;
  /** The process ended or its port closed: every badge counts as gone. */
  onClose(listener: () => void): void;
}

/** The heart, as a shell holds it. */
export interface Service {
  /** Attach it to a port with oRPC's RPCHandler; needs no context. */
  readonly router: Router;
  /**
   * Called when the session leaves `open`, after every clinical call is already refused: the shell covers the page and
   * destroys its process (Electron), or replaces it (preview).
   */
  onLock(listener: (reason: LockReason, copied: string | null) => void): () => void;
  /** What policy wants of the shell. */
  wishes(): { readonly contentProtection: boolean; readonly badge: boolean };
  /** Joins the badge process; a new channel takes the place of the one before. */
  badge(channel: BadgeChannel): void;
  osEvent(event: OsEvent): void;
  /** The OS's idle time in seconds, reported by the shell about once a second while a session is open. */
  osIdle(seconds: number): void;
  /** The page's port closed without a lock (crash, reload): the session locks. */
  pageLost(): void;
  /** Seals, flushes and closes; resolves when both files are closed. */
  stop(): Promise<void>;
}
