import { createHash, randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { StatusView } from "../../shared/contract/index.ts";
import type { Wipe } from "../../shared/trust/index.ts";
import { createHints, createRouter } from "./api/index.ts";
import { createTrustedFetch, refuseInsecureTls, type TrustedFetch } from "./his/index.ts";
import { forbidDumps } from "./no-dumps.ts";
import { readPolicy, type Policy, type PolicyReading } from "./policy/index.ts";
import type { BadgeChannel, Service, ServiceOptions } from "./service.ts";
import { createKeptDrafts } from "./record/index.ts";
import { StoreError } from "./store/index.ts";
import { joinsAnew, openDevice, readWiped, WIPED_META } from "./vault/index.ts";
import { createDrain } from "./sync/index.ts";
import { helpersGiveWay } from "./threads/give-way.ts";
import { wakeAtOnce } from "./wake-at-once.ts";
import { asCode } from "./wiring/auditing.ts";
import { localInstant } from "./wiring/clock.ts";
import { exists, openFiles } from "./wiring/files.ts";
import { certificatesOf, closingFor, hindranceAt, hindranceOf } from "./wiring/hindrances.ts";
import { createHisLine, type HisLine } from "./wiring/his-line.ts";
import { startJournal } from "./wiring/journal.ts";
import { openKeychain } from "./wiring/keychain.ts";
import { takeProfile } from "./wiring/only-one.ts";
import { createRooms } from "./wiring/rooms.ts";
import { type Running } from "./wiring/running-types.ts";
import { startRunning } from "./wiring/running.ts";
import { closedStatus, skewNotice, unsentOf, type Hindrance } from "./wiring/status.ts";
import { timers } from "./wiring/timers.ts";
import { finishDeviceKey, rekeyInThread } from "./wiring/upkeep.ts";
import { goOnWiping } from "./wiring/wiping.ts";

/** How often a PC that cannot start (keychain locked, disk full) tries again by itself. */
const TRY_AGAIN_MS = 5_000;
/** A row that is not as it should be is no damage of the disk; each call that meets it does not read the whole file for it. */
const LOOK_AGAIN_MS = 60_000;

const MENDING: Hindrance = {
  obstacle: "mending",
  detail: "journal.db met a page that cannot be read.",
};

const random = (bytes: number): Uint8Array => Uint8Array.from(randomBytes(bytes));

/**
 * The only place where the rooms are wired to a shell. Always starts: what hinders a sign-in (no keychain, lost keys, a
 * policy that is wrong, a full disk) is an answer of `status`, tried again every few seconds, and never a dead end.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const startedAt = new Date();
  const files = openFiles(options.dataDir);
  const log = options.log ?? (() => undefined);
  const keychain = openKeychain(files.profile);
  let reading: PolicyReading = readPolicy(options.policyFile, files.lastGoodPolicy);
  let running: Running | null = null;
  let hindrance: Hindrance | null = null;
  let starting: Promise<void> | null = null;
  let tryAgain: NodeJS.Timeout | null = null;
  let stopped = false;
  let wiping = false;
  let looked = Number.NEGATIVE_INFINITY;
  let isMending = false;
  /** While an order to wipe is being carried out, or waits for acts that are nowhere else. */
  let ending: Hindrance | null = null;
  let trusted: TrustedFetch | null = null;
  let line: HisLine | null = null;
  let giveBack: (() => void) | null = null;
  let badge: BadgeChannel | null = null;
  /** SHA-256 of what was copied from the page last. */
  let copied: string | null = null;
  refuseInsecureTls(process.env, log);
  forbidDumps(log);
  wakeAtOnce();
  helpersGiveWay();

  const hints = createHints(status);
  const drain = createDrain(() => performance.now());
  const notedAt = (what: string) => (error: unknown) =>
    log(`${what}: ${error instanceof Error ? error.message : "failed"}`);
  const keptDrafts = createKeptDrafts({ after: timers.after, onProblem: notedAt("draft") });
  const locks = new Set<Parameters<Service["onLock"]>[0]>();

  const workstation = (): string =>
    reading.policy.workstation ?? (asCode(hostname()).slice(0, 64) || "workstation");

  const waiting = (here: Running): Hindrance | null => ending ?? hindranceAt(here);

  async function status(): Promise<StatusView> {
    const here = running;
    const closedFor = (why: Hindrance | null): StatusView =>
      closedStatus({
        hindrance: why,
        policy: reading.policy,
        workstation: workstation(),
        preview: options.preview,
        version: options.version,
        startedAt,
        now: new Date(),
      });
    if (here === null) return closedFor(hindrance);
    const closed = closedFor(waiting(here));
    const counts = await here.journal.actCounts().catch((error: unknown) => {
      // Its files are closed already; the next answer says that it is done.
      if (wiping) return closed;
      // Everybody asks for this all the while: it is what meets a damaged page first, and must be answered all the same.
      if (isMending || running !== here) return closedFor(MENDING);
      if (error instanceof StoreError && error.code === "damaged")
        return closedFor(hindranceOf(error));
      throw error;
    });
    if ("session" in counts) return counts;
    const { appClientId } = reading.policy.his;
    const connection = here.sync()?.view() ?? {
      ...closed.connection,
      state: "outage" as const,
      detail: here.joinProblem(),
    };
    const skewed = skewNotice(connection.skewMs, reading.policy);
    return {
      session: {
        ...closed.session,
        ...here.session.view(),
        envelope: here.site.envelopeReady(),
        enrols:
          appClientId !== null &&
          reading.policy.join.enrolUrl !== null &&
          here.site.device().pepper !== null,
      },
      connection,
      unsent: unsentOf(
        counts,
        drain.look(
          counts.waiting,
          connection.state === "live" || connection.state === "catching-up",
        ),
      ),
      notices: [...here.notices(), ...(skewed === null ? [] : [skewed])],
      freshness: closed.freshness,
      hisSigns: closed.hisSigns,
    };
  }

  async function start(): Promise<void> {
    try {
      reading = readPolicy(options.policyFile, files.lastGoodPolicy);
      const { site, trust } = reading.policy;
      const { controlKey } = trust;
      const { dataDir } = files;
      // Before the keychain is asked and any file is opened.
      giveBack ??= takeProfile(dataDir);
      const mark = await goOnWiping({ dataDir, keychain, report: () => Promise.resolve() });
      if (mark !== null && !joinsAnew(mark, reading.policy.join.code)) {
        hindrance = { obstacle: "wiped", detail: `Wiped at ${mark.at} by the hospital's order.` };
        return;
      }
      const now = new Date().toISOString();
      const rotated = await finishDeviceKey({
        files,
        keychain,
        workstation: workstation(),
        meta: { [DEVICE_KEY_FROM]: now },
        work: rekeyInThread(),
      });
      // The keys come first: a PC that lost them must say so, whatever its policy says.
      const device = await openDevice({
        keychain,
        journalExists: exists(files.journal),
        chartExists: exists(files.chart),
        random,
        algorithm: reading.policy.his.signInAlgorithm,
      });
      if (site === null || controlKey === null) {
        hindrance =
          reading.problem === null
            ? { obstacle: "not-joined", detail: "The policy names no site and control key yet." }
            : { obstacle: "policy-invalid", detail: reading.problem };
        return;
      }
      const ca = certificatesOf(reading.policy);
      trusted ??= createTrustedFetch(ca);
      line ??= createHisLine(ca);
      const journalExisted = exists(files.journal);
      const { journal, salvaged } = await startJournal({
        files,
        device,
        onDamage: onJournalDamage,
      });
      if (device.minted.includes("device-key")) await journal.setMeta({ [DEVICE_KEY_FROM]: now });
      // Words that wiped this PC before do not wipe it again.
      if (mark !== null) await journal.setMeta({ [WIPED_META]: JSON.stringify(mark.ids) });
      running = await startRunning({
        files,
        policy: { ...reading.policy, site },
        controlKey,
        workstation: workstation(),
        version: options.version,
        keychain,
        device,
        journal,
        random,
        fetch: trusted.fetch,
        carry: line.carry,
        socket: trusted.socket,
        log,
        openBrowser: options.openBrowser ?? (() => undefined),
        journalExisted,
        deviceKeyRenewed: rotated === "done",
        keptDrafts,
        onJournalDamage,
        onWipe: (order) => void wipe(order),
        changed: hints,
      });
      if (badge !== null) running.badge(badge);
      hindrance = null;
      // One that a kill or a switch cut off before its point of no return.
      const { wipe: order } = running.site.orders();
      if (order !== null) void wipe(order);
      if (salvaged !== null)
        await running.audit.record({
          kind: "damage",
          detail: {
            file: "journal.db",
            pages: salvaged.pages.damaged,
            acts: salvaged.lostActs.length,
            audit: salvaged.auditGaps.length,
          },
        });
      if (reading.problem !== null) await running.audit.record({ kind: "policy-refused" });
      await notePolicy(running, reading.policy);
      running.session.onLock((reason) => {
        const last = copied;
        copied = null;
        for (const listener of locks) listener(reason, last);
      });
    } catch (error) {
      hindrance = hindranceOf(error);
      log(`start: ${hindrance.obstacle}: ${hindrance.detail}`);
    } finally {
      hints.status();
      if (running === null && !stopped)
        tryAgain = setTimeout(() => {
          starting = start();
        }, TRY_AGAIN_MS);
    }
  }

  /**
   * Everything is written to that file, so nothing goes on beside its salvage: all ends as at a switch-off, and a start brings
   * back what can be read. What was being typed is kept meanwhile.
   */
  async function mend(here: Running): Promise<void> {
    if ((await here.journal.isSound()) || running !== here || wiping || stopped) return;
    running = null;
    hindrance = MENDING;
    log("journal.db is damaged: everything stops, and a start salvages it");
    hints.status();
    await here.stop().catch(notedAt("stop"));
    if (!stopped) await start();
  }
  function onJournalDamage(): void {
    const now = performance.now();
    if (running === null || now - looked < LOOK_AGAIN_MS) return;
    looked = now;
    isMending = true;
    starting = mend(running)
      .catch(notedAt("journal.db"))
      .finally(() => {
        isMending = false;
        hints.status();
      });
  }

  /** By order of the control key: what is unsent is pushed or escrowed first, then this PC's keys and files end. */
  async function wipe(order: Wipe): Promise<void> {
    const here = running;
    if (here === null || wiping) return;
    wiping = true;
    ending = closingFor("This PC is being wiped by the hospital's order.");
    hints.status();
    const startAgain = (why: Hindrance): void => {
      running = null;
      ending = null;
      hindrance = why;
      if (!stopped)
        tryAgain = setTimeout(() => {
          starting = start();
        }, TRY_AGAIN_MS);
    };
    try {
      const outcome = await here.wipe(order, reading.policy.join.code);
      if (outcome.state === "waiting") {
        ending = closingFor(
          `To be wiped by the hospital's order: ${outcome.unsent} unsent entries are nowhere else, and are sent first.`,
        );
        log(`wipe: ${outcome.unsent} unsent acts are nowhere else; the PC goes on sending`);
        if (!stopped) tryAgain = setTimeout(() => void wipe(order), TRY_AGAIN_MS);
        return;
      }
      const at = `Wiped at ${outcome.mark.at} by the hospital's order.`;
      startAgain({ obstacle: "wiped", detail: at });
      log("wiped by order of the control key");
    } catch (error) {
      log(
        `wipe: ${error instanceof Error ? error.message : "failed"}; it goes on at the next start`,
      );
      // Past the point of no return its files are closed: only a start can go on.
      if (readWiped(files.dataDir)?.state === "wiping")
        startAgain(closingFor("This PC is being wiped by the hospital's order."));
    } finally {
      wiping = false;
      hints.status();
    }
  }

  starting = start();
  await starting;

  const router = createRouter(
    createRooms({
      hints,
      status,
      running: () => running,
      hindrance: () => (running === null ? hindrance : waiting(running)),
      onCopied: (digest) => {
        copied = digest;
      },
      policy: () => reading.policy,
      reading: () => reading,
      files,
      backend: keychain.backend,
      version: options.version,
    }),
  );
  log(`service ready at ${localInstant(new Date())}`);

  return {
    router,
    onLock(listener) {
      locks.add(listener);
      return () => locks.delete(listener);
    },
    wishes: () => ({
      contentProtection: reading.policy.session.contentProtection,
      badge: reading.policy.session.badge !== "off",
    }),
    badge(channel) {
      badge = channel;
      channel.onClose(() => {
        if (badge === channel) badge = null;
      });
      running?.badge(channel);
    },
    osEvent(event) {
      if (event === "resume") running?.time.slept();
      running?.session.osEvent(event);
    },
    osIdle: (seconds) => running?.session.osIdle(seconds),
    pageLost: () => running?.session.pageLost(),
    async stop() {
      stopped = true;
      if (tryAgain !== null) clearTimeout(tryAgain);
      await starting;
      await running?.stop();
      keptDrafts.stop();
      await trusted?.close();
      await line?.close();
      await keychain.close();
      giveBack?.();
    },
  };
}

/** In the journal's meta: SHA-256 of the policy of the start before. */
const POLICY_DIGEST = "policy.digest";

/** Another policy than at the start before is in the trail, by its digest alone: a join code is in it. */
async function notePolicy({ journal, audit }: Running, policy: Policy): Promise<void> {
  const digest = createHash("sha256").update(JSON.stringify(policy)).digest("hex");
  if ((await journal.meta())[POLICY_DIGEST] === digest) return;
  await audit.record({ kind: "policy-changed", detail: { sha256: digest } });
  await journal.setMeta({ [POLICY_DIGEST]: digest });
}

/** In the journal's meta: since when the device key is in use. */
const DEVICE_KEY_FROM = "device.key-from";
