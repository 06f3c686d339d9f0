/** One removal of a badge, in milliseconds since `SCardGetStatusChange` returned with it, and the sign-in before it. */
export interface Removal {
  readonly hard: boolean;
  /** From here on a clinical call is refused: one that was made right then was. */
  readonly refused: number;
  /** That call had its answer. */
  readonly answered: number;
  /** The service's process had the badge process's message. */
  readonly heard: number;
  /** When the canary left the document; a frame later it has left the screen. */
  readonly removed: number | null;
  readonly hidden: number;
  /** The page covered itself before it was replaced. */
  readonly coveredFirst: boolean;
  readonly pageGone: number;
  readonly handlesClosed: number;
  readonly keysZeroed: number;
  readonly keyCopies: number | null;
  /** From the badge's message to the drawn PIN field, and from Enter to the drawn board; null on a PC's empty board. */
  readonly signIn: {
    readonly tapToPin: number;
    readonly pinToBoard: number;
    /** What of it was that sign-in's own Argon2id. */
    readonly kdf: number;
  } | null;
  /** What the first sync of this PC had brought so far, in resources. */
  readonly synced: number;
  readonly uncertainty: number;
}

/** Nearest rank: a value that was measured, never one between two. */
export function percentile(values: readonly number[], rank: number): number {
  const ordered = values.toSorted((a, b) => a - b);
  return ordered[Math.max(0, Math.ceil((rank / 100) * ordered.length) - 1)] ?? Number.NaN;
}

/** The figures of the brief with their halves and spread. */
export function figuresOf(removals: readonly Removal[], pcs: number): Record<string, number> {
  const hard = removals.filter((one) => one.hard);
  const soft = removals.filter((one) => !one.hard);
  const usualKdf = percentile(
    removals.flatMap(({ signIn }) => signIn?.kdf ?? []),
    50,
  );
  const gone = (one: Removal): number =>
    Math.max(one.pageGone, one.hard ? Math.max(one.keysZeroed, one.handlesClosed) : 0);
  const signIns = (of: readonly Removal[]) => of.flatMap(({ signIn }) => signIn ?? []);
  const toBoard = (of: readonly Removal[]): number[] =>
    signIns(of).map(({ tapToPin, pinToBoard, kdf }) => tapToPin + pinToBoard - kdf);
  return {
    "session.removals": removals.length,
    "session.hardRemovals": hard.length,
    "session.firstSyncs": pcs,
    "session.signIns": signIns(removals).length,
    ...spread(
      "session.refused",
      removals.map((one) => one.refused),
      99,
    ),
    ...spread(
      "session.answered",
      removals.map((one) => one.answered),
      99,
    ),
    ...spread(
      "session.heard",
      removals.map((one) => one.heard),
      99,
    ),
    ...spread(
      "session.hidden",
      removals.map((one) => one.hidden),
      99,
    ),
    "session.coveredFirst": removals.filter((one) => one.coveredFirst).length,
    ...spread("session.gone", removals.map(gone), 99),
    ...spread(
      "session.pageGone",
      removals.map((one) => one.pageGone),
      99,
    ),
    ...spread(
      "session.keysZeroed",
      hard.map((one) => one.keysZeroed),
      99,
    ),
    ...spread(
      "session.handlesClosed",
      hard.map((one) => one.handlesClosed),
      99,
    ),
    "session.keyCopiesLeft": Math.max(0, ...hard.map((one) => one.keyCopies ?? 0)),
    ...spread("session.tapToBoard", toBoard(removals), 95),
    // As if each sign-in's Argon2id had taken what it usually takes: what figures before 2026-11-29, 18:00 are.
    ...spread(
      "session.tapToBoardLessUsualKdf",
      signIns(removals).map(({ tapToPin, pinToBoard }) => tapToPin + pinToBoard - usualKdf),
      95,
    ),
    ...spread("session.tapToBoardLocked", toBoard(soft), 95),
    ...spread("session.tapToBoardSealed", toBoard(hard), 95),
    ...spread(
      "session.tapToPin",
      signIns(removals).map((one) => one.tapToPin),
      95,
    ),
    ...spread(
      "session.pinToBoard",
      signIns(removals).map((one) => one.pinToBoard),
      95,
    ),
    ...spread(
      "session.kdf",
      signIns(removals).map((one) => one.kdf),
      95,
    ),
    "session.clockUncertaintyMs": rounded(Math.max(...removals.map((one) => one.uncertainty))),
  };
}

function spread(name: string, values: readonly number[], high: number): Record<string, number> {
  if (values.length === 0) return {};
  return {
    [`${name}P50Ms`]: rounded(percentile(values, 50)),
    [`${name}P${high}Ms`]: rounded(percentile(values, high)),
    [`${name}MostMs`]: rounded(Math.max(...values)),
  };
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;
