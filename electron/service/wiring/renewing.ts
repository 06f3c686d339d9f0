import { randomUUID } from "node:crypto";
import type { Audit } from "../audit/index.ts";
import { rotateWorkstationKey, rotationUnderWay } from "../his/index.ts";
import type { Policy } from "../policy/index.ts";
import type { JournalThread } from "../sync/index.ts";
import type { Keychain, OpenVault, WorkstationKey } from "../vault/index.ts";
import type { Files } from "./files.ts";
import type { Rollback } from "./rollback.ts";
import { partsDone, withPart } from "./rotating.ts";
import type { Site } from "./site.ts";
import type { Thread } from "./threads.ts";
import { finishVaultRotation, rekeyInThread, rotateVaultKey, tidyCharts } from "./upkeep.ts";

/** Rights this PC asks for at the HIS (SMART Backend Services). */
export const SCOPES = "system/*.cruds";

/** Keys that are made new while the PC works: the vault's at a sign-in, the PC's own when the HIS is there. */
export interface Renewing {
  /** At a sign-in, before the records open: the vault to go on with. */
  vault(vault: OpenVault): Promise<OpenVault>;
  /** With the HIS there: a new signing key, when the control key or policy wants one. */
  workstationKey(): Promise<void>;
  /** What the HIS may know this PC by. */
  signInKeys(): [WorkstationKey, ...WorkstationKey[]];
  /** Why the vault key could not be made new; null: nothing to say. */
  problem(): string | null;
}

export async function createRenewing(room: {
  readonly files: Files;
  readonly policy: Policy & { readonly site: string };
  readonly workstation: string;
  readonly keychain: Keychain;
  readonly journal: Thread<JournalThread>;
  readonly site: Site;
  readonly rollback: Pick<Rollback, "journalIsTodays">;
  readonly audit: Audit;
  readonly random: (bytes: number) => Uint8Array;
  readonly fetch: typeof globalThis.fetch;
  readonly onProblem: (what: string, error: unknown) => void;
}): Promise<Renewing> {
  const { files, policy, workstation, keychain, journal, site, audit } = room;
  let next: WorkstationKey | null = await rotationUnderWay(keychain);
  let problem: string | null = null;

  // Each mark of an order is read, added to and written: two at a time would lose one, and that key be made new once more.
  let marking: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = marking.then(work);
    marking = turn.catch(() => undefined);
    return turn;
  }

  async function renew(vault: OpenVault): Promise<OpenVault> {
    const { rotation } = site.orders();
    const meta = await journal.meta();
    if (rotation === null || !rotation.keys.includes("vault")) return vault;
    if (partsDone(meta, rotation).includes("vault")) return vault;
    const renewed = await rotateVaultKey({
      files,
      journal,
      vault,
      holders: site.holders(),
      place: { workstation, deviceKey: site.device().deviceKey },
      random: room.random,
      meta: withPart(meta, rotation, "vault"),
      audit: [audit.body({ kind: "rotation", detail: { keys: "vault", id: rotation.id } })],
      work: rekeyInThread(),
    });
    problem = null;
    await site.reload();
    return renewed;
  }

  async function renewWorkstationKey(): Promise<void> {
    const { baseUrl, signInAlgorithm: algorithm } = policy.his;
    const { url: joinUrl } = policy.join;
    const { rotation } = site.orders();
    const ordered =
      rotation !== null &&
      rotation.keys.includes("workstation") &&
      !partsDone(await journal.meta(), rotation).includes("workstation");
    const current = site.device().workstationKey;
    const wanted = ordered || next !== null || current.algorithm !== algorithm;
    if (!wanted || baseUrl === null || joinUrl === null) return;
    const key = await rotateWorkstationKey({
      keychain,
      current,
      algorithm,
      site: policy.site,
      workstation,
      baseUrl,
      joinUrl,
      scope: SCOPES,
      fetch: room.fetch,
      now: Date.now,
      random: randomUUID,
    });
    await site.replaceDevice({ ...site.device(), workstationKey: key });
    next = null;
    await audit.record({ kind: "rotation", detail: { keys: "workstation" } });
    if (ordered)
      await inTurn(async () =>
        journal.setMeta(withPart(await journal.meta(), rotation, "workstation")),
      );
  }

  return {
    async vault(vault) {
      try {
        const { deviceKey } = site.device();
        await finishVaultRotation({ files, journal, deviceKey, vault, work: rekeyInThread() });
        if (room.rollback.journalIsTodays()) tidyCharts(files, await journal.meta());
        return await inTurn(() => renew(vault));
      } catch (error) {
        // Nothing was changed: she signs in with the old key, and the next sign-in tries again.
        problem = error instanceof Error ? error.message : "failed";
        room.onProblem("rotation", error);
        return vault;
      }
    },
    async workstationKey() {
      try {
        await renewWorkstationKey();
      } catch (error) {
        // The old key still signs in; the next round tries again.
        next = await rotationUnderWay(keychain).catch(() => next);
        room.onProblem("workstation key", error);
      }
    },
    signInKeys: () => [site.device().workstationKey, ...(next === null ? [] : [next])],
    problem: () => problem,
  };
}
