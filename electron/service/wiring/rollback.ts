import { copyFileSync, existsSync } from "node:fs";
import type { Notice } from "../../../shared/contract/index.ts";
import type { AuditNote } from "../audit/index.ts";
import { UNREADABLE, type Generation, type Journal, type Remote } from "../store/index.ts";
import {
  createGenerations,
  TOLD,
  type Escrow,
  type FoundGeneration,
  type GuardedFile,
  type Keychain,
  type Verdict,
} from "../vault/index.ts";

/** How long acts may be charted before the next generation: an older file of the same generation is not told apart. */
export const ADVANCE_MS = 60_000;
/**
 * So long after a sign-in the chart gets its next generation: writing the keychain takes as much of a processor as her board does.
 * What the chart gets before is guarded from then on, or from the lock on that closes it.
 */
const SIGNED_IN_MS = 3_000;
/** A lock waits no longer than this for the chart's last generation. */
const CLOSING_MS = 150;

/** In the journal's meta: since when the chart may lack what was fetched before; empty once all of it is there again. */
const CHART_SINCE = "rollback.chart";

export interface RollbackRoom {
  readonly keychain: Pick<Keychain, "get" | "set">;
  readonly journal: Pick<
    Remote<Journal>,
    "meta" | "setMeta" | "backfill" | "inboxSize" | "act" | "acts"
  > &
    Remote<Generation>;
  readonly escrowFile: string;
  readonly now: () => Date;
  /** Answers how to cancel. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
  readonly record: (note: AuditNote) => Promise<void>;
  /** Every section of every patient and every listing is to be asked of the HIS again. */
  readonly fetchAgain: () => Promise<void>;
  /** The status has something new to say. */
  readonly onFound: () => void;
  readonly onProblem: (error: unknown) => void;
}

/** The rollback guard at work: what it found, and the next generations when something is written that must not be undone. */
export interface Rollback {
  /** Once, right after the journal opened and before the escrow file does. `existed`: the file was there before. */
  journalOpened(existed: boolean): Promise<void>;
  /** Once the escrow file is open: counts the acts that only it holds, and strikes out what the HIS is known to have. */
  escrowOpened(escrow: Pick<Escrow, "live" | "tombstone">): Promise<void>;
  /** At each sign-in, when the chart is open. */
  chartOpened(chart: Remote<Generation>, existed: boolean): Promise<void>;
  /** At each lock that closes the chart, before it closes. */
  chartClosing(): Promise<void>;
  /** A wrong PIN, a statement, a changed PIN, a slot: an older journal must not undo it. */
  advance(): void;
  /** Acts and pages: both files' next generation, at most once in {@link ADVANCE_MS}. */
  charted(): void;
  /** True if the journal is certain to be the one last written: only then is anything tidied up by its word. */
  journalIsTodays(): boolean;
  /** For `KeysView.rollback`. */
  view(): { readonly checked: boolean; readonly found: string[] };
  notice(): Notice | null;
  stop(): void;
}

const NAMES = { journal: "journal.db", chart: "chart.db" } as const;

/** Verdicts that mean: what is shown may lack what was written since. */
const OLDER: ReadonlySet<Verdict> = new Set<Verdict>(["older", "keychain-older", "unreadable"]);

export function createRollback(room: RollbackRoom): Rollback {
  const { journal } = room;
  const guard = createGenerations({ keychain: room.keychain });
  const verdicts = new Map<GuardedFile, Verdict>();
  /** Judged at the next chance: the keychain did not answer. */
  const unjudged = new Map<GuardedFile, () => Promise<void>>();
  const found: string[] = [];
  let since: Date | null = null;
  let onlyInEscrow = 0;
  let cancel: (() => void) | null = null;
  let cancelSignedIn = (): void => undefined;
  let inChart = (): void => undefined;
  let stopped = false;

  const foundOf = async (file: Remote<Generation>, existed: boolean): Promise<FoundGeneration> => {
    const generation = await file.generation();
    if (!existed) return "none";
    return generation === UNREADABLE ? "unreadable" : generation;
  };

  async function judge(file: GuardedFile, generation: FoundGeneration): Promise<void> {
    const verdict = await guard.judge(file, generation);
    verdicts.set(file, verdict);
    if (!TOLD.has(verdict)) return;
    // Told before anything is written: a kill from here on finds it again, or finds it told.
    await room.record({ kind: "rollback", detail: { file: NAMES[file], verdict } });
    if (verdict === "not-known") return;
    found.push(`${NAMES[file]}: ${verdict}`);
    if (file === "journal") {
      since = room.now();
      // What the older journal lacks may be in there; nobody may strike it out or rewrite it away.
      setAside(room.escrowFile);
    }
    if (file === "chart" && OLDER.has(verdict)) {
      since = room.now();
      await journal.setMeta({ [CHART_SINCE]: since.toISOString() });
      await room.fetchAgain();
    }
    room.onFound();
  }

  /** Judges an opened file and lets it take part; a keychain that does not answer is asked again later. */
  async function opened(
    file: GuardedFile,
    generation: FoundGeneration,
    set: Remote<Generation>["setGeneration"],
  ): Promise<void> {
    const work = async (): Promise<void> => {
      await judge(file, generation);
      unjudged.delete(file);
      guard.attach(file, set);
      if (file === "journal") return await guard.advance(file);
      // Of a chart that the keychain does not know yet a kill would leave one that nobody can judge.
      if (verdicts.get(file) === "same")
        cancelSignedIn = room.after(SIGNED_IN_MS, () => void advanceOne(file));
      // Somebody waits for her board, and it does not depend on what the keychain hears next.
      else guard.advance(file).catch(room.onProblem);
    };
    unjudged.set(file, work);
    await work().catch(room.onProblem);
  }

  async function advanceOne(file: GuardedFile): Promise<void> {
    if (stopped) return;
    try {
      const first = unjudged.get(file);
      if (first === undefined) await guard.advance(file);
      else await first();
    } catch (error) {
      room.onProblem(error);
    }
  }

  async function advanceBoth(): Promise<void> {
    await advanceOne("journal");
    await advanceOne("chart");
  }

  return {
    async journalOpened(existed) {
      await opened("journal", await foundOf(journal, existed), (value) =>
        journal.setGeneration(value),
      );
      const chartSince = (await journal.meta())[CHART_SINCE] ?? "";
      if (chartSince === "") return;
      const wanted = (await journal.backfill()).some(({ state }) => state === "wanted");
      const { pages } = await journal.inboxSize();
      if (!wanted && pages === 0) await journal.setMeta({ [CHART_SINCE]: "" });
      else since ??= new Date(chartSince);
    },
    async escrowOpened(escrow) {
      for (const uuid of escrow.live()) {
        const act = await journal.act(uuid);
        // A kill came between the HIS's answer and the tombstone.
        if (act?.state === "acknowledged" || act?.state === "settled") await escrow.tombstone(uuid);
        if (act === null) onlyInEscrow++;
      }
      if (onlyInEscrow === 0) return;
      setAside(room.escrowFile);
      since ??= room.now();
      found.push(`${NAMES.journal}: ${onlyInEscrow} unsent acts are only in the escrow file`);
      await room.record({
        kind: "rollback",
        detail: { file: NAMES.journal, verdict: "acts-only-in-escrow", acts: onlyInEscrow },
      });
      room.onFound();
    },
    async chartOpened(chart, existed) {
      await opened("chart", await foundOf(chart, existed), async (value) => {
        try {
          return await chart.setGeneration(value);
        } finally {
          inChart();
        }
      });
    },
    async chartClosing() {
      cancelSignedIn();
      let give = (): void => undefined;
      // The chart has to be open for its own half only; the keychain may hear of it after the lock.
      const written = new Promise<void>((resolve) => {
        inChart = resolve;
        give = room.after(CLOSING_MS, resolve);
      });
      await Promise.race([advanceOne("chart"), written]);
      give();
      inChart = () => undefined;
      guard.attach("chart", null);
      unjudged.delete("chart");
    },
    advance() {
      void advanceOne("journal");
    },
    charted() {
      if (cancel !== null || stopped) return;
      cancel = room.after(ADVANCE_MS, () => {
        cancel = null;
        void advanceBoth();
      });
    },
    journalIsTodays() {
      const verdict = verdicts.get("journal");
      return verdict === "same" || verdict === "ahead" || verdict === "new";
    },
    view: () => ({
      checked:
        unjudged.size === 0 && verdicts.size > 0 && ![...verdicts.values()].includes("not-known"),
      found: [...found],
    }),
    notice: () =>
      since === null
        ? null
        : {
            kind: "rollback",
            since: since.toISOString(),
            detail:
              onlyInEscrow > 0
                ? `${found.join("; ")}. IT recovers them with the hospital's recovery key.`
                : found.join("; ") || "The chart is being fetched again.",
          },
    stop() {
      stopped = true;
      cancel?.();
      cancelSignedIn();
      guard.stop();
    },
  };
}

/** Copies the escrow file to a name of its own; IT opens it with the hospital's key. */
function setAside(escrowFile: string): void {
  if (!existsSync(escrowFile)) return;
  for (let number = 1; ; number++) {
    const kept = `${escrowFile}.before-rollback-${number}`;
    if (existsSync(kept)) continue;
    copyFileSync(escrowFile, kept);
    return;
  }
}
