import { checkVitals, type VitalProblem } from "../../../shared/clinical/plausible.ts";
import type { VitalName, VitalValues } from "../../../shared/contract/index.ts";
import type { Act, SignedAct } from "../../../shared/trust/index.ts";
import type { Journal, Remote } from "../store/index.ts";
import { makeDecisionAct, type DecisionInput } from "./decision-act.ts";
import { makeAdministrationAct, type AdministrationInput } from "./administration-act.ts";
import { makeVitalsAct } from "./vitals-act.ts";

/** A set of vitals that cannot be saved as it is; nothing was written. */
export class InvalidVitals extends Error {
  override readonly name = "InvalidVitals";
  readonly problems: readonly VitalProblem[];
  constructor(problems: readonly VitalProblem[]) {
    super("the set cannot be saved as it is");
    this.problems = problems;
  }
}

/** The same uuid was charted with other content: refused, and the first one stands. */
export class ActConflict extends Error {
  override readonly name = "ActConflict";
}

export interface VitalsInput {
  readonly uuid: string;
  readonly patient: string;
  readonly at: string;
  readonly values: VitalValues;
  readonly confirmed: readonly VitalName[];
}

export interface GivingInput extends Omit<
  AdministrationInput,
  "author" | "workstation" | "second"
> {
  /** Who answers for it too, with her own key. */
  readonly second: { readonly clinician: string; sign(value: unknown): Promise<string> } | null;
}

/** Who charts: borrowed from the session's ticket. */
export interface Charting {
  readonly author: string;
  sign(value: unknown): Promise<string>;
}

export interface Record {
  /**
   * Saves a set as one signed act. When it answers, the act is committed in the journal (`synchronous=FULL`) and in the
   * escrow file. Saving the same uuid again is the same act. @throws {@link InvalidVitals}, {@link ActConflict}, StoreError
   */
  chartVitals(charting: Charting, input: VitalsInput): Promise<{ uuid: string }>;
  /** Saves a decision about a held change as one signed act, likewise. @throws {@link ActConflict}, StoreError */
  chartDecision(
    charting: Charting,
    input: Omit<DecisionInput, "author" | "workstation" | "at">,
  ): Promise<{ uuid: string; at: string }>;
  /** The same for a dose, given or not. Whoever calls has made the check. @throws {@link ActConflict}, StoreError */
  give(charting: Charting, input: GivingInput): Promise<{ uuid: string }>;
}

/** Makes the room that writes. Effects come in: the journal, the escrow file, the clock. */
export function createRecord(room: {
  readonly journal: Pick<Remote<Journal>, "putAct" | "act">;
  /** Null where the site has no recovery key. */
  readonly escrow: { append(uuid: string, bytes: Uint8Array): Promise<unknown> } | null;
  readonly workstation: string;
  /** This moment, instant and offset. */
  readonly now: () => string;
  readonly millis: () => number;
  readonly encounterOf: (patient: string) => Promise<string | null>;
  /** The audit entry that is chained in the act's own transaction. */
  readonly audited: (act: SignedAct) => string;
  /** The act is safe in the journal but not in escrow: IT must know, she need not stop. */
  readonly escrowFailed: (uuid: string, error: unknown) => void;
}): Record {
  return {
    async chartVitals(charting, input) {
      const problems = checkVitals({ ...input, now: room.now() });
      if (problems.length > 0) throw new InvalidVitals(problems);
      const act = makeVitalsAct({
        uuid: input.uuid,
        patient: input.patient,
        encounter: await room.encounterOf(input.patient),
        author: charting.author,
        workstation: room.workstation,
        at: input.at,
        values: input.values,
      });
      return await save({ act, signature: await charting.sign(act) });
    },
    async give(charting, input) {
      const act = makeAdministrationAct({
        ...input,
        author: charting.author,
        workstation: room.workstation,
      });
      const signature = await charting.sign(act);
      const witness =
        input.second === null
          ? {}
          : {
              witness: {
                clinician: input.second.clinician,
                signature: await input.second.sign(act),
              },
            };
      return await save({ act, signature, ...witness });
    },
    async chartDecision(charting, input) {
      const held = await room.journal.act(input.uuid);
      // Said before, and its answer lost: the same act, of the same moment.
      if (held !== null) return { uuid: held.uuid, at: held.at };
      const { author } = charting;
      const act = makeDecisionAct({
        ...input,
        author,
        workstation: room.workstation,
        at: room.now(),
      });
      await save({ act, signature: await charting.sign(act) });
      return { uuid: act.uuid, at: act.at };
    },
  };

  async function save(signed: SignedAct): Promise<{ uuid: string }> {
    const { act } = signed;
    const body = JSON.stringify(signed);
    const { inserted } = await room.journal.putAct(
      {
        uuid: act.uuid,
        kind: act.kind,
        patient: act.patient,
        author: act.author,
        at: act.at,
        queuedAt: room.millis(),
        body,
      },
      [room.audited(signed)],
    );
    if (!inserted) await requireSame(signed);
    try {
      await room.escrow?.append(act.uuid, Buffer.from(body, "utf8"));
    } catch (error) {
      room.escrowFailed(act.uuid, error);
    }
    return { uuid: act.uuid };
  }

  /** ES256 signatures differ each time, and the patient may have been moved meanwhile; what was charted must not differ. */
  async function requireSame(signed: SignedAct): Promise<void> {
    const held = await room.journal.act(signed.act.uuid);
    const before = held === null ? null : (JSON.parse(held.body) as SignedAct);
    if (before === null || charted(before.act) !== charted(signed.act))
      throw new ActConflict("this entry was saved before with other values; the first one stands");
  }
}

function charted(act: Act): string {
  const entries = act.entries.map(
    ({ resource: { encounter: _stay, context: _context, ...said }, base }) => ({
      said,
      base,
    }),
  );
  return JSON.stringify({ ...act, entries });
}
