import { join } from "node:path";
import type { webcrypto } from "node:crypto";

/** What a workstation that is to be killed is given to live with. */
export interface Setting {
  readonly folder: string;
  readonly keys: Readonly<Record<"device" | "chart" | "inbox" | "ledger" | "drafts", Uint8Array>>;
  readonly baseUrl: string;
  readonly wards: readonly string[];
  /** Whom it charts for. */
  readonly patients: readonly string[];
  readonly signIn: {
    readonly clientId: string;
    readonly key: webcrypto.JsonWebKey;
    readonly thumbprint: string;
  };
}

/** What the parent says to the workstation. */
export type Heard =
  | { readonly kind: "live"; readonly setting: Setting }
  /** Charts no more, lets everything through, closes its files and ends. */
  | { readonly kind: "rest" };

/** What the workstation says to the parent. */
export type Told =
  | { readonly kind: "ready" | "rested" | "salvaged" }
  | { readonly kind: "charted" | "acknowledged" | "duplicate"; readonly uuid: string };

export const journalFileIn = (folder: string): string => join(folder, "journal.db");
export const chartFileIn = (folder: string): string => join(folder, "chart.db");
