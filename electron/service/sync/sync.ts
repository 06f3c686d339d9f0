import type { Connection } from "../../../shared/contract/index.ts";
import { HisError } from "../his/index.ts";
import type { Capabilities } from "../his/index.ts";
import { createApplyLoop } from "./apply-loop.ts";
import { PageRefused } from "./ask.ts";
import type { SyncParts } from "./ask.ts";
import { createBatches } from "./batches.ts";
import { nextRoundMs } from "./backoff.ts";
import { connectionOf } from "./connection.ts";
import type { Progress } from "./connection.ts";
import { createGuests } from "./guests.ts";
import { createQuestions, NOT_ASKED } from "./reported.ts";
import { createIntake } from "./intake.ts";
import { createHints } from "./hints.ts";
import type { SyncTimers } from "./hints.ts";
import { bringsDown, createLink } from "./link.ts";
import { createLinkHistory } from "./link-history.ts";
import { metered } from "./meter.ts";
import { paced } from "./pace.ts";
import { sized } from "./page-size.ts";
import { createMerges } from "./merges.ts";
import { createNudges } from "./nudges.ts";
import { createPushing } from "./pushing.ts";
import { proofsAsked } from "./proofs.ts";
import { locationsQuestion } from "./questions.ts";
import { createRecords } from "./records.ts";
import { createRemaining } from "./remaining.ts";
import { createSooner } from "./sooner.ts";
import { createStatements } from "./statements.ts";
import { singleFlight } from "./single-flight.ts";
import { within } from "./stillness.ts";
import type { Sync, SyncOptions } from "./sync-options.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Everything that travels between this PC and the HIS. Runs while signed in, locked and sealed. */
export function createSync(options: SyncOptions): Sync {
  const { journal, policy, now, random, timers, log } = options;
  const monotonic = options.monotonic ?? (() => performance.now());
  const meter = metered(options.his, { now, monotonic });
  const { pageSize } = policy;
  const his = paced(sized(meter.client, { pageSize, journal, now, monotonic, log }), {
    now,
    random,
    timers,
  });
  let stopped = false;
  /** The probe has just found the HIS again. */
  let returned = false;
  let nextTry: number | null = null;
  let capabilities: Capabilities | null = null;
  let resourcesReceived = 0;
  let roundDone = false;
  let asOf: string | null = null;
  let since = { state: "starting" as Connection["state"], at: now() };
  let cancelRound: (() => void) | null = null;
  let swept = Number.NEGATIVE_INFINITY;
  const problems = new Map<string, string>();
  const hints = createHints(timers, options.onChange);
  const history = createLinkHistory(now);
  const remaining = createRemaining();
  let secondsLeft: number | null = null;

  const spreadMs = (policy.returnSpreadSeconds ?? 0) * 1000;
  const link = createLink({ parallel: policy.parallel, now, onChange: () => told() });
  const proofsWith = proofsAsked(() => capabilities);
  const batches = createBatches({
    his,
    link,
    journal,
    capabilities: () => capabilities,
    withProofs: proofsWith.with,
    parallel: policy.parallel,
    now,
    monotonic,
    log,
  });
  const believedChart = (): ReturnType<SyncOptions["chart"]> =>
    options.believed() ? options.chart() : null;
  const applying = createApplyLoop({
    chart: believedChart,
    timers,
    log,
    onApplied: (applied) => {
      asOf = applied.asOf ?? asOf;
      const { patients, beds } = applied;
      if (beds || patients === null || patients.length > 0) hints.records(patients, beds);
      for (const alarm of applied.alarms) options.onAlarm(alarm);
      told();
    },
    onFailed: () => hints.records(null),
  });
  const parts: SyncParts = {
    his,
    link,
    journal,
    policy,
    now,
    merges: createMerges(journal),
    proofs: proofsWith,
    batches,
    onMark: () => applying.soon(),
    intake: createIntake({
      journal,
      chart: believedChart,
      applying,
      onReceived(fresh) {
        resourcesReceived += fresh;
      },
    }),
  };
  const pushing = createPushing({
    his,
    link,
    journal,
    capabilities: () => capabilities,
    now,
    random,
    timers,
    auditOf: options.auditOf,
    believed: options.believed,
    onOver: options.onOver,
    onUnsentAgain: options.onUnsentAgain,
    onAlarm: options.onAlarm,
    onChange: () => hints.outbox(),
    onForgotten: async () => await records.forgotten(),
    onTrouble(error) {
      log(`push: ${messageOf(error)}`);
      setLocalProblem(error);
    },
  });
  const records = createRecords({
    parts,
    capabilities: () => capabilities,
    step,
    onProblem: setProblem,
    onProgress: () => told(),
    onPulled(upTo) {
      if (options.chart() === null) asOf = upTo ?? asOf;
    },
    onFilled: () => void applying.run(),
    onAlarm: options.onAlarm,
    onTrouble(error) {
      log(`back-fill: ${messageOf(error)}`);
      setLocalProblem(error);
    },
    log,
  });
  const guests = createGuests(parts);
  const ask = createQuestions(parts);
  const statements = createStatements(parts, options.onStatements);
  const sooner = createSooner({ timers, monotonic, random, round: () => void pullNow() });
  const nudges = createNudges({
    his,
    capabilities: () => (options.nudges === undefined ? null : capabilities),
    name: options.nudges ?? "",
    now,
    log,
    onNudge: () => sooner.ask(),
  });
  const rounds = singleFlight(round);

  async function applyNow(): Promise<void> {
    await applying.run();
  }

  function progress(): Progress {
    return {
      ...records.sections(),
      resourcesReceived,
      resourcesApplied: applying.applied(),
      waiting:
        options.chart() === null ? null : Math.max(resourcesReceived - applying.applied(), 0),
      believed: options.believed(),
      roundDone,
      asOf,
      problems,
    };
  }

  /** An order of the control key changes it between two rounds: whoever looks sees since when. */
  function connectionNow(): ReturnType<typeof connectionOf> {
    const connection = connectionOf(link.state(), progress());
    const { state, cause, detail } = connection;
    if (state !== since.state) since = { state, at: now() };
    history.saw({ state, cause, detail: cause === null ? null : detail });
    return connection;
  }

  function told(): void {
    const { done, total } = connectionNow();
    secondsLeft =
      done === null || total === null ? null : remaining.look({ at: monotonic(), done, total });
    hints.connection();
  }

  function setProblem(type: string, problem: string | null): void {
    if ((problems.get(type) ?? null) === problem) return;
    if (problem === null) problems.delete(type);
    else problems.set(type, problem);
    // SECURITY: the HIS's words may hold what no log may; they stay in the journal and on screen.
    log(`${type}: ${problem === null ? "well again" : "has a problem"}`);
    void journal
      .setCursorProblem(type, problem)
      .catch((error: unknown) => log(`journal: ${messageOf(error)}`));
    told();
  }

  /** One type's or one step's failure is noted and the rest goes on; what brings the link down ends the round. */
  async function step(name: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      setProblem(name, null);
      return true;
    } catch (error) {
      if (!(error instanceof HisError) && !(error instanceof PageRefused)) throw error;
      if (link.state().kind !== "up") return false;
      setProblem(name, error instanceof HisError ? error.failure.detail : error.message);
      return true;
    }
  }

  async function round(): Promise<void> {
    cancelRound?.();
    sooner.began();
    try {
      if (!(await connected())) return;
      if (options.believed()) void pushing.now();
      if (!(await step("Basic", statements))) return;
      if (!options.believed()) return;
      if (!(await step("news of this PC", () => options.carry(his)))) return;
      if (await journal.canSeal()) await refresh();
      // Last of all: nobody waits for it at the bed.
      if (link.state().kind === "up")
        await step("audit trail", () => options.carryTrail?.(his) ?? Promise.resolve());
      await sweep();
      problems.delete("this PC");
    } catch (error) {
      // The journal's own trouble (a full disk): nothing was lost, the next round tries again.
      log(`sync: ${messageOf(error)}`);
      setLocalProblem(error);
    } finally {
      plan();
    }
  }

  async function connected(): Promise<boolean> {
    if (link.state().kind === "up" && capabilities !== null) return true;
    roundDone = false;
    const wasDown = link.state().kind === "down" || link.state().kind === "refused";
    try {
      capabilities = await link.probe(async () => {
        const found = await his.capabilities();
        await signedIn();
        return found;
      });
      returned = wasDown && spreadMs > 0;
      return !returned;
    } catch (error) {
      if (!(error instanceof HisError)) throw error;
      log(`HIS: ${error.failure.kind}`);
      return false;
    }
  }

  /** `/metadata` may be open to everybody: the probe also asks something that needs a sign-in. */
  async function signedIn(): Promise<void> {
    try {
      await his.get(locationsQuestion(policy.wards.slice(0, 1), 1));
    } catch (error) {
      if (!(error instanceof HisError) || bringsDown(error.failure)) throw error;
    }
  }

  async function refresh(): Promise<void> {
    const here = await records.round();
    if (here === null) return;
    roundDone = link.state().kind === "up";
    told();
    void nudges.listen(here);
  }

  /** Once an hour: forgets what policy no longer keeps, and lets the chart tidy itself. */
  async function sweep(): Promise<void> {
    const chart = options.chart();
    if (chart !== null) await chart.compact(100);
    // CLINICAL: whose stay or other half was not confirmed, for days perhaps, is not forgotten for it.
    if (!records.knowsWhoIsHere() || within(now() - swept, HOUR_MS)) return;
    swept = now();
    await journal.forgetAcknowledged(now() - policy.acknowledgedDays * DAY_MS);
    const gone = (await chart?.forgetLeft(now() - policy.retentionHours * HOUR_MS)) ?? [];
    if (gone.length > 0) hints.records(gone);
  }

  function setLocalProblem(error: unknown): void {
    problems.set("this PC", messageOf(error));
    told();
  }

  function plan(): void {
    if (stopped) return;
    const state = link.state();
    const wait = nextRoundMs({
      link: state,
      returned,
      intervalMs: policy.intervalSeconds * 1000,
      spreadMs,
      random,
    });
    returned = false;
    nextTry = now() + wait;
    cancelRound?.();
    cancelRound = timers.after(wait, () => void pullNow());
    // The screen says when it is tried again.
    if (state.kind !== "up") hints.connection();
  }

  async function pullNow(): Promise<void> {
    if (!stopped) await rounds();
  }
  async function idle(): Promise<void> {
    await Promise.allSettled([rounds.idle(), records.idle(), pushing.idle()]);
    await applying.idle();
  }
  async function fetched(): Promise<void> {
    await pullNow();
    await records.idle();
    await applying.run();
  }

  return {
    start: () => void pullNow(),
    async stop() {
      stopped = true;
      cancelRound?.();
      pushing.stop();
      sooner.stop();
      nudges.stop();
      hints.stop();
      his.close();
      await idle();
    },
    pullNow,
    find: async (sought) =>
      // SECURITY: whom a HIS that is not to be believed names is nobody.
      options.believed() ? await guests.find(sought) : { answered: false, found: [], more: false },
    ask: async (target, pages) => (options.believed() ? await ask(target, pages) : NOT_ASKED),
    async bring(patient) {
      const coming = options.believed() && (await guests.bring(patient));
      if (coming) await soon(fetched(), options.timers);
      return coming;
    },
    pushNow: pushing.now,
    applyNow,
    idle,
    view: () => ({
      ...connectionNow(),
      since: new Date(since.at).toISOString(),
      nextTry:
        nextTry === null || link.state().kind === "up" ? null : new Date(nextTry).toISOString(),
      skewMs: meter.skew()?.offsetMs ?? null,
      secondsLeft,
    }),
    report: () => ({
      ...history.report(),
      requestsLastHour: meter.requestsLastHour(),
      roundTripMs: meter.roundTripMs(),
      skew: meter.skew(),
      capabilities,
      nudges: nudges.state(),
    }),
  };
}

/** A call of the page waits for no longer than this. */
const PATIENCE_MS = 6_000;

/** Resolves with the work, or when patience ends; the work goes on. */
async function soon(work: Promise<void>, timers: SyncTimers): Promise<void> {
  const patience = Promise.withResolvers<undefined>();
  const cancel = timers.after(PATIENCE_MS, () => patience.resolve(undefined));
  await Promise.race([work, patience.promise]).finally(cancel);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
