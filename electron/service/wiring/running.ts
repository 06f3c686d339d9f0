import { randomUUID } from "node:crypto";
import { createAudit, type Audit } from "../audit/index.ts";
import { createHisClient } from "../his/index.ts";
import type { Policy } from "../policy/index.ts";
import { createDrafts, createRecord, type Drafts, type Record } from "../record/index.ts";
import { createSession, type Session } from "../session/index.ts";
import { createSync, type JournalThread, type Sync, type SyncChange } from "../sync/index.ts";
import {
  openEscrow,
  sealingKeyOf,
  type DeviceSecrets,
  type Escrow,
  type Keychain,
  type OpenVault,
} from "../vault/index.ts";
import { asCode, createAuditing } from "./auditing.ts";
import { localInstant } from "./clock.ts";
import type { Files } from "./files.ts";
import { tellSealingKey, wantEverything } from "./journal.ts";
import { createRecords, type Records } from "./records.ts";
import { openSite, type Site } from "./site.ts";
import type { Thread } from "./threads.ts";

/** A PC whose journal is open and which knows its site: everything works, or says why it does not. */
export interface Running {
  readonly journal: Thread<JournalThread>;
  readonly audit: Audit;
  readonly site: Site;
  readonly session: Session;
  readonly records: Records;
  readonly record: Record;
  /** Of the open vault; null while sealed. */
  drafts(): Drafts | null;
  /** Null until the PC has joined and knows its HIS. */
  sync(): Sync | null;
  /** Why joining has not succeeded yet; null when there is nothing to say. */
  joinProblem(): string | null;
  /** Damaged pages found in chart.db since the start. */
  damagedPages(): number;
  stop(): Promise<void>;
}

export interface RunningRoom {
  readonly files: Files;
  readonly policy: Policy & { readonly site: string };
  readonly controlKey: NonNullable<Policy["trust"]["controlKey"]>;
  readonly workstation: string;
  readonly version: string;
  readonly keychain: Keychain;
  readonly device: DeviceSecrets;
  readonly journal: Thread<JournalThread>;
  readonly random: (bytes: number) => Uint8Array;
  readonly fetch: typeof globalThis.fetch;
  readonly log: (message: string) => void;
  readonly changed: {
    status(): void;
    records(patients: readonly string[] | null): void;
    outbox(): void;
  };
}

const DRAFT_DEBOUNCE_MS = 300;
const JOIN_AGAIN_MS = 10_000;
const SCOPES = "system/*.cruds";

const timers = {
  after(milliseconds: number, call: () => void): () => void {
    const timer = setTimeout(call, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Wires the rooms of a PC whose journal is open. */
export async function startRunning(room: RunningRoom): Promise<Running> {
  const { policy, journal, workstation, log, changed } = room;
  const now = (): Date => new Date();
  const audit = createAudit({ journal, now, workstation });
  const auditing = createAuditing(audit);
  const problem = (what: string, error: unknown): void =>
    log(`${what}: ${error instanceof Error ? error.name + ": " + error.message : "failed"}`);

  const site = await openSite(
    {
      policy: {
        site: policy.site,
        workstation,
        wards: policy.wards.map(({ id }) => id),
        controlKey: room.controlKey,
        join:
          policy.join.url === null || policy.join.code === null
            ? null
            : { url: policy.join.url, code: policy.join.code },
      },
      keychain: room.keychain,
      journal,
      now,
      random: room.random,
      fetch: room.fetch,
      audited: auditing,
      onChange: () => void siteChanged(),
    },
    room.device,
  );

  const escrow = await openedEscrow();
  const records = createRecords({
    files: room.files,
    deviceKey: room.device.deviceKey,
    base: baseUrl(policy),
    onDamage: ({ pages, sections, damagedFile }) => {
      damaged += pages.damaged;
      log(`chart.db: ${pages.damaged} damaged pages; what could be read is kept (${damagedFile})`);
      const detail = { file: "chart.db", pages: pages.damaged, sections: sections.length };
      audit.record({ kind: "damage", detail }).catch(noted("audit"));
      changed.records(null);
      void sync?.pullNow().catch(noted("sync"));
    },
    onProblem: noted("chart"),
  });
  let damaged = 0;
  let drafts: (Drafts & { close(): void }) | null = null;
  let sync: Sync | null = null;
  let joinProblem: string | null = null;
  let stopped = false;
  let cancelJoin = (): void => undefined;

  function noted(what: string): (error: unknown) => void {
    return (error) => problem(what, error);
  }

  async function openedEscrow(): Promise<Escrow | null> {
    const { recoveryKey } = policy.trust;
    if (recoveryKey === null) return null;
    const { version } = room;
    const file = room.files.escrow;
    const opened = await openEscrow({ file, site: policy.site, workstation, version, recoveryKey });
    if (opened.damaged > 0)
      await audit.record({ kind: "escrow-damaged", detail: { places: opened.damaged } });
    // A kill between journal and escrow leaves an act that only the journal has.
    const unsent = await journal.acts({ acknowledged: false });
    const missing = new Set(opened.missing(unsent.map(({ uuid }) => uuid)));
    for (const act of unsent)
      if (missing.has(act.uuid)) await opened.append(act.uuid, Buffer.from(act.body, "utf8"));
    return opened;
  }

  async function confirmSealingKey(vault: OpenVault): Promise<void> {
    if (await site.confirmSealingKey(vault)) return;
    log("the journal's sealing key was not this vault's: put right; everything is fetched again");
    await audit.record({ kind: "sync-alarm", detail: { kind: "sealing-key-changed" } });
    await journal.setSealingKey(sealingKeyOf(vault.keys));
    await wantEverything(journal);
  }

  const session = createSession({
    device: () => site.device(),
    journal,
    audit,
    limits: policy.session,
    site: policy.site,
    workstation,
    roster: site,
    clock: { now, monotonic: () => performance.now() },
    timers,
    async openRecords(vault) {
      await confirmSealingKey(vault);
      await records.open(vault);
      drafts = createDrafts({
        journal,
        key: vault.keys.drafts,
        now: Date.now,
        debounceMs: DRAFT_DEBOUNCE_MS,
        onProblem: noted("draft"),
      });
      // The ward is readable at once; what piled up sealed is applied meanwhile.
      void sync?.applyNow().catch(noted("apply"));
    },
    async closeRecords() {
      const closing = drafts;
      drafts = null;
      await closing?.flush().catch(noted("draft"));
      closing?.close();
      await records.close();
    },
    onProblem: problem,
  });
  session.onChange(() => changed.status());
  // A lock never costs a word: what was being typed is on disk before the page is gone.
  session.onLock(() => void drafts?.flush().catch(noted("draft")));

  const record = createRecord({
    journal,
    escrow,
    workstation,
    now: () => localInstant(now()),
    millis: Date.now,
    encounterOf: (patient) => records.read((reader) => reader.encounter(patient)),
    audited: auditing.charted,
    escrowFailed: (uuid, error) => {
      problem("escrow", error);
      audit.record({ kind: "escrow-damaged", detail: { act: asCode(uuid) } }).catch(noted("audit"));
    },
  });

  async function siteChanged(): Promise<void> {
    try {
      await tellSealingKey(journal);
      session.rosterChanged();
      changed.status();
    } catch (error) {
      problem("site", error);
    }
  }

  function onSyncChange(change: SyncChange): void {
    if (change.kind === "records") changed.records(change.patients);
    if (change.kind === "outbox") changed.outbox();
    changed.status();
  }

  function startSync(): void {
    if (sync !== null || stopped || policy.his.baseUrl === null || site.device().pepper === null)
      return;
    const { workstationKey } = site.device();
    const client = createHisClient({
      baseUrl: policy.his.baseUrl,
      signIn: {
        clientId: workstation,
        privateKey: workstationKey.privateKey,
        kid: workstationKey.thumbprint,
        scope: SCOPES,
      },
      fetch: room.fetch,
      now: Date.now,
      random: randomUUID,
    });
    sync = createSync({
      his: client,
      journal,
      chart: () => records.chart(),
      policy: { ...policy.sync, wards: policy.wards.map(({ id }) => id) },
      now: Date.now,
      random: Math.random,
      timers,
      log,
      onStatements: async (jws) => {
        await site.accept(jws);
        // At the first roster the vault is made: the same round can then already seal pages to it.
        await tellSealingKey(journal);
      },
      onAcknowledged: async (uuid) => await escrow?.tombstone(uuid),
      onChange: onSyncChange,
      onAlarm: (alarm) => {
        auditing.alarm(alarm).catch(noted("audit"));
      },
      auditOf: auditing.pushed,
    });
    sync.start();
    changed.status();
  }

  async function joinAndSync(): Promise<void> {
    if (stopped) return;
    try {
      const joined = await site.join();
      joinProblem =
        joined === "no-code" ? "The policy names no join address and code for this PC." : null;
    } catch (error) {
      joinProblem =
        error instanceof Error && error.name !== "TypeError" && error.name !== "TimeoutError"
          ? error.message
          : "The control desk cannot be reached; it is tried again every few seconds.";
      problem("join", error);
      cancelJoin = timers.after(JOIN_AGAIN_MS, () => void joinAndSync());
    }
    startSync();
    changed.status();
  }

  await tellSealingKey(journal);
  await audit.record({ kind: "service-start", detail: { version: asCode(room.version) } });
  if (room.device.minted.length > 0)
    await audit.record({
      kind: "device-keys-made",
      detail: { keys: room.device.minted.join("+") },
    });
  void joinAndSync();

  return {
    journal,
    audit,
    site,
    session,
    records,
    record,
    drafts: () => drafts,
    sync: () => sync,
    joinProblem: () => joinProblem,
    damagedPages: () => damaged,
    async stop() {
      stopped = true;
      cancelJoin();
      await session.stop();
      await sync?.stop();
      await audit.record({ kind: "service-stop" }).catch(noted("audit"));
      await escrow?.close().catch(noted("escrow"));
      await journal.close().catch(noted("journal"));
      await journal.terminate();
    },
  };
}

/** With its closing slash; a PC without a HIS believes no reference to one. */
function baseUrl(policy: Policy): string {
  const base = policy.his.baseUrl ?? "";
  return base === "" || base.endsWith("/") ? base : `${base}/`;
}
