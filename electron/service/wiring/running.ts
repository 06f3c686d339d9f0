import { randomUUID } from "node:crypto";
import { uptime } from "node:os";
import { createAudit } from "../audit/index.ts";
import { createRecord } from "../record/index.ts";
import { createSession, delayAfter, keychainFailures, verifyBadgeProof } from "../session/index.ts";
import type { SyncChange } from "../sync/index.ts";
import type { DeviceSecrets } from "../vault/index.ts";
import { asCode, createAuditing } from "./auditing.ts";
import { createBadgeLine } from "./badge-line.ts";
import { localInstant } from "./clock.ts";
import { openEnrolling } from "./enrolling.ts";
import { openedEscrow } from "./escrow.ts";
import { createForeground, WAITING_MS } from "./foreground.ts";
import { baseOf, createHisLink } from "./his-link.ts";
import { joinOf } from "./join-policy.ts";
import { tellSealingKey, wantEverything } from "./journal.ts";
import { createOpening } from "./opening.ts";
import { createOrders } from "./orders.ts";
import { createRecords } from "./records.ts";
import { withPart } from "./rotating.ts";
import { createRenewing } from "./renewing.ts";
import { createRollback } from "./rollback.ts";
import { createSaves } from "./saves.ts";
import { openSite } from "./site.ts";
import { openTime } from "./time.ts";
import { timers } from "./timers.ts";
import { createTrail } from "./trail.ts";
import { carryOutWipe } from "./wiping.ts";
import { chartFileOf } from "./upkeep.ts";
import type { Running, RunningRoom } from "./running-types.ts";

/** Wires the rooms of a PC whose journal is open. */
export async function startRunning(room: RunningRoom): Promise<Running> {
  const { policy, journal, workstation, log, changed } = room;
  const now = (): Date => new Date();
  const monotonic = (): number => performance.now();
  const audit = createAudit({ journal, now, workstation, noted: () => trail.noted() });
  const auditing = createAuditing(audit);
  const problem = (what: string, error: unknown): void =>
    log(`${what}: ${error instanceof Error ? error.name + ": " + error.message : "failed"}`);
  let device = (): DeviceSecrets => room.device;
  const trail = createTrail({
    journal,
    keychain: room.keychain,
    key: () => device().workstationKey,
    workstation,
    now,
    after: timers.after,
    record: (note) => audit.record(note),
    onProblem: noted("audit trail"),
    left: () => link.trailLeft(),
  });

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
  // Before anything is written: later the tail that was cut off would have grown again.
  await trail.opened();
  // Before the escrow file is opened.
  await rollback.journalOpened(room.journalExisted);
  const time = await openTime({
    journal,
    limits: policy.offline,
    wall: Date.now,
    monotonic,
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
  device = () => site.device();
  // Before the orders are obeyed: else the same one would make the device key new at every start.
  const { rotation } = site.orders();
  if (room.deviceKeyRenewed && rotation?.keys.includes("device") === true) {
    await journal.setMeta(withPart(await journal.meta(), rotation, "device"));
    await site.reload();
  }
  if (room.deviceKeyRenewed) {
    const id = rotation?.id ?? "none";
    await audit.record({ kind: "rotation", detail: { keys: "device", id } });
  }

  const renewing = await createRenewing({
    files: room.files,
    policy,
    workstation,
    keychain: room.keychain,
    journal,
    site,
    rollback,
    audit,
    random: room.random,
    fetch: room.fetch,
    onProblem: problem,
  });
  const escrow = await openedEscrow({
    file: room.files.escrow,
    site: policy.site,
    workstation,
    version: room.version,
    recoveryKey: policy.trust.recoveryKey,
    journal,
    audit,
    rollback,
  });
  const saves = createSaves();
  const foreground = createForeground({ monotonic, after: timers.after });
  const records = createRecords({
    files: room.files,
    calm: foreground.calm,
    after: timers.after,
    deviceKey: room.device.deviceKey,
    base: baseOf(policy),
    chartFile: async () => chartFileOf(await journal.meta(), room.files),
    onOpened: (chart, existed) => rollback.chartOpened(chart, existed),
    onClosing: () => rollback.chartClosing(),
    knowledge: () => site.knowledge(),
    signingTrust: () => site.signingTrust(),
    async isJournalSound() {
      const isSound = await journal.isSound();
      if (!isSound) room.onJournalDamage();
      return isSound;
    },
    onDamage: ({ pages, sections, damagedFile }) => {
      damaged += pages.damaged;
      log(`chart.db: ${pages.damaged} damaged pages; what could be read is kept (${damagedFile})`);
      const detail = { file: "chart.db", pages: pages.damaged, sections: sections.length };
      audit.record({ kind: "damage", detail }).catch(noted("audit"));
      changed.records(null);
      void link.sync()?.pullNow().catch(noted("sync"));
    },
    onProblem: noted("chart"),
  });
  let damaged = 0;
  let stopped = false;

  function noted(what: string): (error: unknown) => void {
    return (error) => problem(what, error);
  }

  const opening = createOpening({
    journal,
    keptDrafts: room.keptDrafts,
    site,
    records,
    saves,
    audit,
    renewed: (vault) => renewing.vault(vault),
    // The ward is readable at once; what piled up sealed is applied meanwhile.
    onOpened: () => void link.sync()?.applyNow().catch(noted("apply")),
    onClosed: () => rollback.advance(),
    log,
    onProblem: noted("draft"),
  });
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
    barred: () => orders.barred(),
    openEnvelope: (code) => site.openEnvelope(code),
    verifyProof: verifyBadgeProof,
    random: room.random,
    newId: randomUUID,
    clock: { now, monotonic, sleepless: () => uptime() * 1_000 },
    timers,
    onAttempt: () => foreground.hold(WAITING_MS.signIn),
    openRecords: opening.openRecords,
    closeRecords: opening.closeRecords,
    onProblem: problem,
  });
  const badge = createBadgeLine({
    session: {
      ...session,
      badge(message) {
        if (message.kind === "card-in") foreground.hold(WAITING_MS.badge);
        session.badge(message);
      },
    },
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
    badgeThere: badge.cardThere,
    openBrowser: room.openBrowser,
    onChange: changed.status,
  });

  const orders = createOrders({
    site,
    time,
    rollback,
    journal,
    keychain: room.keychain,
    random: room.random,
    session: () => session,
    rotationProblem: () => renewing.problem(),
    onWipe: room.onWipe,
    record: (note) => audit.record(note),
    onProblem: problem,
  });
  time.onChange(() => {
    orders.obey();
    changed.status();
  });
  session.onChange(() => changed.status());
  session.onLock(() => foreground.hold(WAITING_MS.lock));
  session.onLock(records.standStill);
  // A lock never costs a word: what was being typed is on disk before the page is gone.
  session.onLock(() => void opening.drafts()?.flush().catch(noted("draft")));
  session.onLock(() => trail.soon());

  const record = createRecord({
    journal,
    escrow,
    workstation,
    site: policy.site,
    now: () => localInstant(now()),
    millis: Date.now,
    encounterOf: (patient) => records.read((reader) => reader.encounter(patient)),
    observations: (patient, ids) => records.read((reader) => reader.observations(patient, ids)),
    async onOver(uuids) {
      await escrow?.tombstone(...uuids);
    },
    audited: (act, giving) => {
      rollback.charted();
      return auditing.charted(act, giving);
    },
    escrowFailed: (uuid, error) => {
      problem("escrow", error);
      audit.record({ kind: "escrow-damaged", detail: { act: asCode(uuid) } }).catch(noted("audit"));
    },
  });

  async function siteChanged(): Promise<void> {
    try {
      // SECURITY: first, and before anything is awaited: neither a slow nor a full disk puts off an order.
      session.rosterChanged();
      orders.obey();
      rollback.advance();
      records
        .knowledgeChanged()
        // What was accepted on a signature that counts no more is held now, and is told.
        .then(() => link.sync()?.applyNow())
        .catch(noted("signing keys"));
      changed.status();
      await tellSealingKey(journal);
    } catch (error) {
      problem("site", error);
    }
  }

  function onSyncChange(change: SyncChange): void {
    if (change.kind === "records") changed.records(change.patients, change.beds);
    if (change.kind === "outbox") changed.outbox();
    changed.status();
  }

  const link = createHisLink({
    policy,
    workstation,
    site,
    time,
    renewing,
    journal,
    chart: () => records.chart(),
    calm: foreground.calm,
    fetch: room.fetch,
    carry: room.carry,
    socket: room.socket,
    timers,
    log,
    async onStatements(jws) {
      await site.accept(jws);
      // At the first roster the vault is made: the same round can then already seal pages to it.
      await tellSealingKey(journal);
    },
    async onOver(uuids) {
      await escrow?.tombstone(...uuids);
      // After a rollback the file may hold what nothing else does.
      if (rollback.journalIsTodays()) await escrow?.compact();
    },
    async onUnsentAgain(acts) {
      for (const { uuid, body } of acts) await escrow?.append(uuid, Buffer.from(body, "utf8"));
    },
    onChange: onSyncChange,
    onAlarm: (alarm) => void auditing.alarm(alarm).catch(noted("audit")),
    auditOf: auditing.pushed,
    onStatus: () => changed.status(),
    onProblem: problem,
  });

  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    foreground.end();
    enrolment.cancel();
    // Whatever fails, on a damaged file say, the rest ends all the same: the files are opened anew after this.
    await session.stop().catch(noted("session"));
    await records.dispose();
    await link.stop().catch(noted("sync"));
    await time.stop();
    rollback.stop();
    await audit.record({ kind: "service-stop" }).catch(noted("audit"));
    await trail.stop().catch(noted("audit trail"));
    await escrow?.close().catch(noted("escrow"));
    await journal.close().catch(noted("journal"));
    await journal.terminate();
  }

  await tellSealingKey(journal);
  await audit.record({ kind: "service-start", detail: { version: asCode(room.version) } });
  if (room.device.minted.length > 0)
    await audit.record({
      kind: "device-keys-made",
      detail: { keys: room.device.minted.join("+") },
    });
  link.start();
  orders.obey();

  return {
    journal,
    audit,
    trail,
    site,
    session,
    records,
    record,
    saves,
    enrolment,
    time,
    rollback: () => rollback.view(),
    notices: () => orders.notices(),
    barred: () => orders.barred(),
    badge: badge.join,
    drafts: opening.drafts,
    sync: () => link.sync(),
    joinProblem: () => link.joinProblem(),
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
          await link.sync()?.pushNow();
        },
        close: stop,
        report: () => link.reportWipe(order),
      }),
    stop,
  };
}
