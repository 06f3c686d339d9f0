import type { Router } from "./api/index.ts";
import type { LockReason } from "../../shared/contract/index.ts";

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
}

export type OsEvent = "lock-screen" | "unlock-screen" | "suspend" | "resume" | "shutdown";

/** The heart, as a shell holds it. */
export interface Service {
  /** Attach it to a port with oRPC's RPCHandler; needs no context. */
  readonly router: Router;
  /**
   * Called when the session leaves `open`, after every clinical call is already refused: the shell covers the page and
   * destroys its process (Electron), or replaces it (preview).
   */
  onLock(listener: (reason: LockReason) => void): () => void;
  osEvent(event: OsEvent): void;
  /** The OS's idle time in seconds, reported by the shell about once a second while a session is open. */
  osIdle(seconds: number): void;
  /** The page's port closed without a lock (crash, reload): the session locks. */
  pageLost(): void;
  /** Seals, flushes and closes; resolves when both files are closed. */
  stop(): Promise<void>;
}
