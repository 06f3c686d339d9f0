import { HisError } from "../his/index.ts";
import type { Capabilities } from "../his/index.ts";
import type { SyncParts } from "./ask.ts";
import { backfill } from "./backfill.ts";
import { createDeletions } from "./deletions.ts";
import { createProofs } from "./proofs.ts";
import { pullRound } from "./pull.ts";
import { createScope } from "./scope.ts";
import { singleFlight } from "./single-flight.ts";
import { createStillness } from "./stillness.ts";
import type { Still } from "./stillness.ts";
import { SECTION_TYPES, withCursor } from "./types.ts";
import type { SyncAlarm } from "./types.ts";
import { createWentBack } from "./went-back.ts";

/** The patients' records: who is here, what is missing of them, what is gone, and what changed. */
export interface Records {
  /** Once everything; answers who is here, or null when the line went down on the way. */
  round(): Promise<readonly string[] | null>;
  /** Whether the last round heard who is here: until then nobody is known to have left, nor whose other half is wanted. */
  knowsWhoIsHere(): boolean;
  /** The HIS has forgotten acts of this PC. */
  forgotten(): Promise<void>;
  /** Resolves when no back-fill is under way. */
  idle(): Promise<void>;
  /** Sections that are wanted, and those of them that are received. */
  sections(): { readonly sections: number; readonly received: number };
}

export function createRecords(room: {
  readonly parts: SyncParts;
  readonly capabilities: () => Capabilities | null;
  /** One step's failure is noted and the rest goes on; false when the line went down. */
  readonly step: (name: string, work: () => Promise<void>) => Promise<boolean>;
  readonly onProblem: (type: string, problem: string | null) => void;
  /** How much is received has changed. */
  readonly onProgress: () => void;
  /** A round has asked what changed; `asOf`: up to when it knows it of everything, null when it does not. */
  readonly onPulled: (asOf: string | null) => void;
  /** Nothing more is to be gathered: what was received may be applied. */
  readonly onFilled: () => void;
  /** The journal's own trouble: nothing was lost, the next round tries again. */
  readonly onTrouble: (error: unknown) => void;
  readonly onAlarm: (alarm: SyncAlarm) => void;
  readonly log: (message: string) => void;
}): Records {
  const { parts, step } = room;
  const { journal, link } = parts;
  const scope = createScope(parts);
  const deletions = createDeletions(parts, room.capabilities, room.onProblem);
  const proofs = createProofs(parts, room.capabilities);
  const stillness = createStillness(parts, room.capabilities, room.log);
  const wentBack = createWentBack(parts, room);
  const filling = singleFlight(fill);
  let sections = { sections: 0, received: 0 };
  /** Server time at which this round heard who is here; null: it did not. */
  let asOf: string | null = null;

  async function whoIsHere(still: Still | null): ReturnType<typeof scope.round> {
    if (isStill(still, ["Encounter", "Location"])) return await scope.still(still.asOf);
    // CLINICAL: until this is answered nobody may conclude from a silent history that nobody was admitted.
    stillness.forget("Location");
    const there = await scope.round();
    await stillness.learn([{ type: "Location", asOf: there.asOf, fresh: 0, greatest: null }]);
    return there;
  }

  /** A type's cursor starts at the server time before its first back-fill, so that no change falls between the two. */
  async function startCursors(at: string): Promise<void> {
    const known = new Set(withCursor(await journal.cursors()).map(({ type }) => type));
    const begun = SECTION_TYPES.filter((type) => !known.has(type)).map((type) => ({
      page: null,
      cursor: { type, cursor: at, lastPageAt: null, problem: null },
    }));
    if (begun.length > 0) await journal.receiveAll(begun);
  }

  async function fill(): Promise<void> {
    try {
      await backfill(parts, room.onProblem, (done) => {
        sections = done;
        room.onProgress();
      });
    } catch (error) {
      if (!(error instanceof HisError)) room.onTrouble(error);
    }
    room.onFilled();
  }

  async function changes(patients: readonly string[], heard: Still | null): Promise<void> {
    const isHonest = await parts.batches.check(patients);
    if (!isHonest) stillness.forgetAll();
    const still = isHonest ? heard : null;
    // What vouches for a change before the change, and for a deletion above all.
    await proofs.round(patients, still);
    // First what is gone: what was made anew since comes with the pull, after it.
    const takes = wentBack.takesAway();
    await deletions.round(patients, { upSince: link.state().since, asOf, still, takes });
    const pulled = await pullRound(parts, patients, room.onProblem, still);
    await stillness.learn(pulled.pulled);
    room.onPulled(pulled.asOf);
    // CLINICAL: "live" must never stand over a record that no answer has confirmed.
    if (pulled.asOf === null && pulled.failed > 0)
      link.useless("none of its answers could be read");
  }

  return {
    async round() {
      asOf = null;
      let patients: readonly string[] | null = null;
      const heard: { still: Still | null } = { still: null };
      const asks = async (): Promise<void> => {
        // No history tells of what a restored HIS forgot.
        if (await wentBack.look()) stillness.forgetAll();
        heard.still = await stillness.ask();
      };
      if (!(await step("history", asks))) return null;
      const isUp = await step("Encounter (scope)", async () => {
        const there = await whoIsHere(heard.still);
        await deletions.start(there.asOf);
        await startCursors(there.asOf);
        patients = there.patients;
        ({ asOf } = there);
      });
      if (!isUp) return null;
      // Without an answer about who is there, those known stay in scope and are kept up to date.
      patients ??= (await journal.scope()).map((row) => row.patient);
      const rows = await journal.backfill();
      const isFirst = !rows.some(({ state }) => state === "received");
      sections = {
        sections: rows.length,
        received: rows.filter(({ state }) => state === "received").length,
      };
      const isFilled = rows.every(({ state }) => state !== "wanted");
      // Nothing is loaded yet that a pull could keep up to date.
      if (!isFilled && isFirst) await parts.intake.straight(filling);
      else if (!isFilled) void filling();
      if (link.state().kind !== "up") return null;
      const known = patients;
      await step("sync", async () => await changes(known, heard.still));
      return known;
    },
    knowsWhoIsHere: () => asOf !== null,
    async forgotten() {
      stillness.forgetAll();
      await wentBack.forgot();
    },
    idle: filling.idle,
    sections: () => sections,
  };
}

function isStill(still: Still | null, types: readonly string[]): still is Still {
  return still !== null && types.every((type) => still.types.has(type));
}
