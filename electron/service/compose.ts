import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { StatusView } from "../../shared/contract/index.ts";
import { createHints, createRouter } from "./api/index.ts";
import { readPolicy, type PolicyReading } from "./policy/index.ts";
import type { Service, ServiceOptions } from "./service.ts";
import { KeychainError, KeysLost, openDevice, openKeychain } from "./vault/index.ts";
import { StoreError } from "./store/index.ts";
import { asCode } from "./wiring/auditing.ts";
import { localInstant } from "./wiring/clock.ts";
import { exists, openFiles } from "./wiring/files.ts";
import { startJournal } from "./wiring/journal.ts";
import { createRooms } from "./wiring/rooms.ts";
import { startRunning, type Running } from "./wiring/running.ts";
import { closedStatus, unsentOf, type Hindrance } from "./wiring/status.ts";

/** How often a PC that cannot start (keychain locked, disk full) tries again by itself. */
const TRY_AGAIN_MS = 5_000;

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

  const hints = createHints(status);
  const locks = new Set<Parameters<Service["onLock"]>[0]>();

  const workstation = (): string =>
    reading.policy.workstation ?? (asCode(hostname()).slice(0, 64) || "workstation");

  /** What hinders while everything is running: nobody can sign in yet, and why. */
  function waiting(here: Running): Hindrance | null {
    if (here.site.device().pepper === null)
      return { obstacle: "not-joined", detail: here.joinProblem() ?? "This PC is being joined." };
    if (here.site.sealingKey() === null || here.site.members().length === 0)
      return {
        obstacle: "no-roster",
        detail: here.sync()?.view().detail ?? "No roster entry has arrived from the HIS yet.",
      };
    return null;
  }

  async function status(): Promise<StatusView> {
    const here = running;
    const closed = closedStatus({
      hindrance: here === null ? hindrance : waiting(here),
      policy: reading.policy,
      workstation: workstation(),
      preview: options.preview,
      version: options.version,
      startedAt,
      now: new Date(),
    });
    if (here === null) return closed;
    const counts = await here.journal.actCounts();
    return {
      session: { ...closed.session, ...here.session.view() },
      connection: here.sync()?.view() ?? {
        ...closed.connection,
        state: "outage",
        detail: here.joinProblem(),
      },
      unsent: unsentOf(counts),
    };
  }

  async function start(): Promise<void> {
    try {
      reading = readPolicy(options.policyFile, files.lastGoodPolicy);
      const { site, trust } = reading.policy;
      const { controlKey } = trust;
      // The keys come first: a PC that lost them must say so, whatever its policy says.
      const device = await openDevice({
        keychain,
        journalExists: exists(files.journal),
        chartExists: exists(files.chart),
        random,
      });
      if (site === null || controlKey === null) {
        hindrance =
          reading.problem === null
            ? { obstacle: "not-joined", detail: "The policy names no site and control key yet." }
            : { obstacle: "policy-invalid", detail: reading.problem };
        return;
      }
      const { journal, salvaged } = await startJournal({ files, device });
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
        fetch: globalThis.fetch,
        log,
        changed: hints,
      });
      hindrance = null;
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
      running.session.onLock((reason) => {
        for (const listener of locks) listener(reason);
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

  starting = start();
  await starting;

  const router = createRouter(
    createRooms({
      hints,
      status,
      running: () => running,
      hindrance: () => (running === null ? hindrance : waiting(running)),
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
    osEvent: (event) => running?.session.osEvent(event),
    osIdle: (seconds) => running?.session.osIdle(seconds),
    pageLost: () => running?.session.pageLost(),
    async stop() {
      stopped = true;
      if (tryAgain !== null) clearTimeout(tryAgain);
      await starting;
      await running?.stop();
    },
  };
}

function hindranceOf(error: unknown): Hindrance {
  const detail = error instanceof Error ? error.message : "The service could not start.";
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
