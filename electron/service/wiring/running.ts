import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import type { KeysView, Notice } from "../../../shared/contract/index.ts";
import type { Rotation, Wipe } from "../../../shared/trust/index.ts";
import { createAudit, type Audit } from "../audit/index.ts";
import type { Enrolment } from "../enrol/index.ts";
import {
  createHisClient,
  rotateWorkstationKey,
  rotationUnderWay,
  type HisClient,
} from "../his/index.ts";
import type { Policy } from "../policy/index.ts";
import { createDrafts, createRecord, type Drafts, type Record } from "../record/index.ts";
import type { BadgeChannel } from "../service.ts";
import {
  createSession,
  delayAfter,
  keychainFailures,
  verifyBadgeProof,
  type Session,
} from "../session/index.ts";
import { createSync, type JournalThread, type Sync, type SyncChange } from "../sync/index.ts";
import {
  beginDeviceRotation,
  openEscrow,
  sealingKeyOf,
  type DeviceSecrets,
  type Escrow,
  type Keychain,
  type OpenVault,
  type WorkstationKey,
} from "../vault/index.ts";
import { asCode, createAuditing } from "./auditing.ts";
import { createCarrier, wipeReport } from "./carry.ts";
import { localInstant } from "./clock.ts";
import { createEnrolCard } from "./enrol-card.ts";
import { openEnrolling } from "./enrolling.ts";
import type { Files } from "./files.ts";
import { tellSealingKey, wantEverything } from "./journal.ts";
import { createRecords, type Records } from "./records.ts";
import { partsDone, withPart } from "./rotating.ts";
import { createRollback } from "./rollback.ts";
import { openSite, type Site, type SitePolicy } from "./site.ts";
import type { Thread } from "./threads.ts";
import { openTime, type SiteTime } from "./time.ts";
import { carryOutWipe, type WipeOutcome } from "./wiping.ts";
import { chartFileOf, finishVaultRotation, rekeyInThread, rotateVaultKey } from "./upkeep.ts";

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
  readonly enrolment: Enrolment;
  readonly time: SiteTime;
  /** What the rollback guard found at this start. */
  rollback(): KeysView["rollback"];
  /** What everybody at this PC must know. */
  notices(): Notice[];
  /** Why nobody may sign in although everything works: an order of the control key, or the offline limit. */
  barred(): "sealed-by-it" | "offline-limit" | null;
  /** A shell's badge process. */
  badge(channel: BadgeChannel): void;
  /** Null until the PC has joined and knows its HIS. */
  sync(): Sync | null;
  /** Why joining has not succeeded yet; null when there is nothing to say. */
  joinProblem(): string | null;
  /** Damaged pages found in chart.db since the start. */
  damagedPages(): number;
  /** Carries out a signed wipe; afterwards (unless it has to wait) everything is stopped. */
  wipe(order: Wipe, joinCode: string | null): Promise<WipeOutcome>;
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
  readonly openBrowser: (url: string) => void;
  /** Whether journal.db was there before this start. */
  readonly journalExisted: boolean;
  /** The control key orders this PC's end. */
  readonly onWipe: (order: Wipe) => void;
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
  const monotonic = (): number => performance.now();
  const audit = createAudit({ journal, now, workstation });
  const auditing = createAuditing(audit);
  const problem = (what: string, error: unknown): void =>
    log(`${what}: ${error instanceof Error ? error.name + ": " + error.message : "failed"}`);

  const rollback = createRollback({
    keychain: room.keychain,
    journal,
    escrowFile: room.files.escrow,
    now,
    after: timers.after,
    record: (note) => audit.record(note),
    fetchAgain: () => wantEverything(journal),
    onFound: () => changed.status(),
    onProblem: noted("rollback guard"),
  });
  // Before anything is written, and before the escrow file is opened.
  await rollback.journalOpened(room.journalExisted);
  const time = await openTime({
    journal,
    limits: policy.offline,
    wall: Date.now,
    monotonic,
    onChange: () => timeChanged(),
    onProblem: noted("time"),
  });
  const site = await openSite(
    {
      policy: {
        site: policy.site,
        workstation,
        wards: policy.wards.map(({ id }) => id),
        controlKey: room.controlKey,
        join: joinOf(policy, log),
      },
      keychain: room.keychain,
      journal,
      now: () => time.now(),
      timeDoubtful: () => time.doubt() !== null,
      monotonic,
      delayAfter,
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
    chartFile: async () => chartFileOf(await journal.meta(), room.files),
    onOpened: (chart, existed) => rollback.chartOpened(chart, existed),
    onClosing: () => rollback.chartClosing(),
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
  let nextWorkstationKey: WorkstationKey | null = await rotationUnderWay(room.keychain);
  let stopped = false;
  let cancelJoin = (): void => undefined;
  let badgeChannel: BadgeChannel | null = null;

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
    await rollback.escrowOpened(opened);
    return opened;
  }

  async function confirmSealingKey(vault: OpenVault): Promise<void> {
    if (await site.confirmSealingKey(vault)) return;
    log("the journal's sealing key was not this vault's: put right; everything is fetched again");
    await audit.record({ kind: "sync-alarm", detail: { kind: "sealing-key-changed" } });
    await journal.setSealingKey(sealingKeyOf(vault.keys));
    await wantEverything(journal);
  }

  /** Keys that the control key wants made new, at the one moment nobody writes under the old ones. */
  async function renewed(vault: OpenVault): Promise<OpenVault> {
    const work = rekeyInThread();
    const { files } = room;
    const { deviceKey } = site.device();
    await finishVaultRotation({ files, journal, deviceKey, vault, work });
    const { rotation } = site.orders();
    if (rotation === null || !rotation.keys.includes("vault")) return vault;
    const place = { workstation, deviceKey };
    const meta = await journal.meta();
    if (partsDone(meta, rotation).includes("vault")) return vault;
    try {
      const next = await rotateVaultKey({
        files,
        journal,
        vault,
        holders: site.holders(),
        place,
        random: room.random,
        meta: withPart(meta, rotation, "vault"),
        audit: [audit.body({ kind: "rotation", detail: { keys: "vault", id: rotation.id } })],
        work,
      });
      rotationProblem = null;
      await site.reload();
      return next;
    } catch (error) {
      // Nothing was changed: she signs in with the old key, and the next sign-in tries again.
      rotationProblem = error instanceof Error ? error.message : "failed";
      problem("rotation", error);
      return vault;
    }
  }
  let rotationProblem: string | null = null;

  const session = createSession({
    device: () => site.device(),
    journal,
    failures: keychainFailures(room.keychain),
    audit,
    limits: policy.session,
    site: policy.site,
    workstation,
    wards: policy.wards.map(({ id }) => id),
    roster: site,
    when: () => site.when(),
    barred,
    openEnvelope: (code) => site.openEnvelope(code),
    verifyProof: verifyBadgeProof,
    random: room.random,
    newId: randomUUID,
    clock: { now, monotonic, sleepless: () => uptime() * 1_000 },
    timers,
    async openRecords(unlocked) {
      await confirmSealingKey(unlocked);
      const vault = await renewed(unlocked);
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
      return vault;
    },
    async closeRecords() {
      const closing = drafts;
      drafts = null;
      await closing?.flush().catch(noted("draft"));
      closing?.close();
      await records.close();
      rollback.advance();
    },
    onProblem: problem,
  });
  session.onBadgeAsk((message) => badgeChannel?.send(message));

  const enrolCard = createEnrolCard({
    cardThere: () => session.cardThere(),
    ask: (message) => badgeChannel?.send(message),
    verify: verifyBadgeProof,
    random: room.random,
    now,
    onChange: changed.status,
  });
  const enrolment = openEnrolling({
    policy,
    workstation,
    site,
    fetch: room.fetch,
    random: room.random,
    now,
    badgeThere: () => enrolCard.there(),
    openBrowser: room.openBrowser,
    onChange: changed.status,
  });

  function barred(): "sealed-by-it" | "offline-limit" | null {
    const { sealed, extensionUntil } = site.orders();
    if (sealed !== null) return "sealed-by-it";
    return time.offline(extensionUntil).kind === "sealed" ? "offline-limit" : null;
  }

  /** SECURITY: an order of the control key, and the offline limit, are obeyed at once, whoever is signed in. */
  function obey(): void {
    if (barred() !== null && session.state() !== "sealed") session.seal().catch(noted("seal"));
    const { wipe, rotation } = site.orders();
    if (wipe !== null) room.onWipe(wipe);
    if (rotation !== null) void prepareRotation(rotation).catch(noted("rotation"));
  }

  /** The device key changes at the next start, when the journal is closed. */
  async function prepareRotation(rotation: Rotation): Promise<void> {
    const parts = partsDone(await journal.meta(), rotation);
    if (rotation.keys.includes("device") && !parts.includes("device"))
      await beginDeviceRotation(room.keychain, room.random);
  }

  function timeChanged(): void {
    obey();
    changed.status();
  }

  function notices(): Notice[] {
    const { hisTrust, extensionUntil } = site.orders();
    const doubt = time.doubt();
    const offline = time.offline(extensionUntil);
    const older = rollback.notice();
    return [
      ...(hisTrust !== null && !hisTrust.trusted
        ? [{ kind: "his-distrusted" as const, since: hisTrust.since, detail: hisTrust.reason }]
        : []),
      ...(older === null ? [] : [older]),
      ...(doubt !== null ? [{ kind: "time-doubtful" as const, since: null, detail: doubt }] : []),
      ...(offline.kind === "near"
        ? [
            {
              kind: "offline-limit-near" as const,
              since: localInstant(new Date(offline.limitAt)),
              detail: null,
            },
          ]
        : []),
      ...(rotationProblem !== null
        ? [{ kind: "rotation-failed" as const, since: null, detail: rotationProblem }]
        : []),
    ];
  }
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
    audited: (act) => {
      rollback.charted();
      return auditing.charted(act);
    },
    escrowFailed: (uuid, error) => {
      problem("escrow", error);
      audit.record({ kind: "escrow-damaged", detail: { act: asCode(uuid) } }).catch(noted("audit"));
    },
  });

  async function siteChanged(): Promise<void> {
    try {
      await tellSealingKey(journal);
      rollback.advance();
      session.rosterChanged();
      obey();
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

  function clientOptions(address: string): Parameters<typeof createHisClient>[0] {
    return {
      baseUrl: address,
      signIn: {
        clientId: workstation,
        // While a key is made new the HIS may know either.
        keys: () => [
          site.device().workstationKey,
          ...(nextWorkstationKey === null ? [] : [nextWorkstationKey]),
        ],
        scope: SCOPES,
      },
      fetch: room.fetch,
      now: Date.now,
      random: randomUUID,
    };
  }

  /** A new signing key, when the control key or policy wants one and the HIS is there to learn of it. */
  async function renewWorkstationKey(): Promise<void> {
    const { baseUrl: base, signInAlgorithm: algorithm } = policy.his;
    const { rotation } = site.orders();
    const meta = await journal.meta();
    const ordered =
      rotation !== null &&
      rotation.keys.includes("workstation") &&
      !partsDone(meta, rotation).includes("workstation");
    const current = site.device().workstationKey;
    const wanted = ordered || nextWorkstationKey !== null || current.algorithm !== algorithm;
    if (!wanted || base === null || policy.join.url === null) return;
    const key = await rotateWorkstationKey({
      keychain: room.keychain,
      current,
      algorithm,
      site: policy.site,
      workstation,
      baseUrl: base,
      joinUrl: policy.join.url,
      scope: SCOPES,
      fetch: room.fetch,
      now: Date.now,
      random: randomUUID,
    });
    await site.replaceDevice({ ...site.device(), workstationKey: key });
    nextWorkstationKey = null;
    await audit.record({ kind: "rotation", detail: { keys: "workstation" } });
    if (ordered) await journal.setMeta(withPart(await journal.meta(), rotation, "workstation"));
  }

  const carrier = createCarrier({ journal, workstation });
  async function carry(his: HisClient): Promise<void> {
    await carrier(his);
    try {
      await renewWorkstationKey();
    } catch (error) {
      // The old key still signs in; the next round tries again.
      nextWorkstationKey = await rotationUnderWay(room.keychain).catch(() => nextWorkstationKey);
      problem("workstation key", error);
    }
  }

  function startSync(): void {
    if (sync !== null || stopped || policy.his.baseUrl === null || site.device().pepper === null)
      return;
    const client = createHisClient(clientOptions(policy.his.baseUrl));
    sync = createSync({
      his: time.hearing(client),
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
      onAcknowledged: async (uuid) => {
        await escrow?.tombstone(uuid);
        // After a rollback the file may hold what nothing else does.
        if (rollback.journalIsTodays()) await escrow?.compact();
      },
      believed: () => site.orders().hisTrust?.trusted ?? true,
      carry,
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

  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    cancelJoin();
    enrolment.cancel();
    await session.stop();
    await sync?.stop();
    await time.stop();
    rollback.stop();
    await audit.record({ kind: "service-stop" }).catch(noted("audit"));
    await escrow?.close().catch(noted("escrow"));
    await journal.close().catch(noted("journal"));
    await journal.terminate();
  }

  /** The hospital learns that it is done by a request only this PC's key can make. */
  async function reportWipe(order: Wipe): Promise<void> {
    if (policy.his.baseUrl === null) return;
    const client = createHisClient(clientOptions(policy.his.baseUrl));
    try {
      await client.send(
        "POST",
        "AuditEvent",
        JSON.stringify(wipeReport({ order, workstation, at: now() })),
      );
    } finally {
      client.close();
    }
  }

  await tellSealingKey(journal);
  await audit.record({ kind: "service-start", detail: { version: asCode(room.version) } });
  if (room.device.minted.length > 0)
    await audit.record({
      kind: "device-keys-made",
      detail: { keys: room.device.minted.join("+") },
    });
  void joinAndSync();
  obey();

  return {
    journal,
    audit,
    site,
    session,
    records,
    record,
    enrolment,
    time,
    rollback: () => rollback.view(),
    notices,
    barred,
    badge(channel) {
      session.badgeLost();
      badgeChannel = channel;
      channel.onMessage((message) => {
        if (badgeChannel === channel && !enrolCard.hears(message)) session.badge(message);
      });
      channel.onClose(() => {
        if (badgeChannel !== channel) return;
        badgeChannel = null;
        session.badgeLost();
      });
    },
    drafts: () => drafts,
    sync: () => sync,
    joinProblem: () => joinProblem,
    damagedPages: () => damaged,
    wipe: (order, joinCode) =>
      carryOutWipe({
        dataDir: room.files.dataDir,
        keychain: room.keychain,
        id: order.id,
        now,
        joinCode,
        journal,
        escrow,
        seal: () => session.stop(),
        push: async () => {
          await sync?.pushNow();
        },
        close: stop,
        report: () => reportWipe(order),
      }),
    stop,
  };
}

/** With its closing slash; a PC without a HIS believes no reference to one. */
function baseUrl(policy: Policy): string {
  const base = policy.his.baseUrl ?? "";
  return base === "" || base.endsWith("/") ? base : `${base}/`;
}

/** A code, or the PC's certificate, speaks for it. A file that cannot be read is IT's to mend, and said in the log. */
function joinOf(policy: Policy, log: (message: string) => void): SitePolicy["join"] {
  const { url, code, certificateFile, keyFile } = policy.join;
  if (url === null) return null;
  if (certificateFile === null || keyFile === null) return { url, code, certificate: null };
  try {
    const certificate = {
      certificate: readFileSync(certificateFile, "utf8"),
      key: readFileSync(keyFile, "utf8"),
    };
    return { url, code, certificate };
  } catch (error) {
    log(`join: the device certificate cannot be read: ${error instanceof Error ? error.name : ""}`);
    return { url, code, certificate: null };
  }
}
