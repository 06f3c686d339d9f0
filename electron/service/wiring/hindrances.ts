import { readFileSync } from "node:fs";
import { CaFileUnusable, readCaCertificates } from "../his/index.ts";
import type { Policy } from "../policy/index.ts";
import { StoreError } from "../store/index.ts";
import { KeychainError, KeysLost } from "../vault/index.ts";
import { RunsAlready } from "./only-one.ts";
import type { Running } from "./running-types.ts";
import type { Hindrance } from "./status.ts";

/** The hospital's CAs; null: the OS's. @throws CaFileUnusable */
export function certificatesOf({ his: { caFile } }: Policy): readonly string[] | null {
  if (caFile === null) return null;
  try {
    return readCaCertificates(readFileSync(caFile, "utf8"), caFile);
  } catch (error) {
    if (error instanceof CaFileUnusable) throw error;
    throw new CaFileUnusable(`his.caFile: ${caFile} cannot be read`, { cause: error });
  }
}

/** IT closes this PC, or a wipe goes on. */
export const closingFor = (detail: string): Hindrance => ({ obstacle: "sealed-by-it", detail });

/** What the lock screen says of a start that failed. */
export function hindranceOf(error: unknown): Hindrance {
  const detail = error instanceof Error ? error.message : "The service could not start.";
  if (error instanceof CaFileUnusable) return { obstacle: "policy-invalid", detail };
  if (error instanceof RunsAlready) return { obstacle: "already-running", detail };
  if (error instanceof KeychainError) return { obstacle: error.code, detail };
  if (error instanceof KeysLost) return { obstacle: "keys-lost", detail };
  if (error instanceof StoreError && error.code === "wrong-key")
    return { obstacle: "wrong-key", detail };
  if (error instanceof StoreError && error.code === "disk-full")
    return { obstacle: "disk-full", detail };
  if (error instanceof StoreError && error.code === "damaged")
    return { obstacle: "journal-damaged", detail };
  return { obstacle: "start-failed", detail };
}

/** What hinders while everything is running: nobody can sign in yet, and why; null: nothing does. */
export function hindranceAt(here: Running): Hindrance | null {
  if (here.site.device().pepper === null)
    return { obstacle: "not-joined", detail: here.joinProblem() ?? "This PC is being joined." };
  if (here.site.sealingKey() === null || here.site.members().length === 0)
    return {
      obstacle: "no-roster",
      detail: here.sync()?.view().detail ?? "No roster entry has arrived from the HIS yet.",
    };
  const obstacle = here.barred();
  if (obstacle === null) return null;
  const reason = here.site.orders().sealed?.reason ?? null;
  return { obstacle, detail: reason ?? "Too long without the HIS; nothing was destroyed." };
}
