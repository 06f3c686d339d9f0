import { z } from "zod";
import { HisError } from "../his/index.ts";
import type { Capabilities, HisAnswer, HisClient, HisFailure } from "../his/index.ts";
import type { Remote } from "../store/index.ts";
import { inParallel } from "./ask.ts";
import { batchOf } from "./batch-parts.ts";
import type { BatchPart, Print } from "./batch-parts.ts";
import { keptJson } from "./kept-json.ts";
import type { Link } from "./link.ts";
import { PROVENANCE } from "./page.ts";
import { allQuestion, changesQuestion, groupsOf, proofsQuestion } from "./questions.ts";
import { earlier } from "./receive.ts";
import { within } from "./stillness.ts";
import { SECTION_TYPES, withCursor } from "./types.ts";
import type { JournalThread } from "./types.ts";

/** Answers by question: each as it would have come alone. */
export type Answers = ReadonlyMap<string, HisAnswer>;

export interface Batches {
  /**
   * Looks, when that would pay, whether the HIS answers in a batch what it answers alone. False: it concealed something.
   * What batches answered since they last proved themselves will be asked again, and nothing may be taken for known.
   */
  check(patients: readonly string[]): Promise<boolean>;
  /** Asks many questions in few requests. What is missing in the answer is to be asked by itself. Never throws for the HIS. */
  ask(questions: readonly string[]): Promise<Answers>;
}

/** Questions in a batch: some servers take 50, and its pages must fit into memory all at once. */
const MOST = 25;
/** A HIS that fails at so few does not fail because they are many. */
const FEW = 4;
/** Resources a question may bring in a batch; the rest comes as other pages do. A proof asks for as many. */
const COUNT = 50;
/** Patients in one question. */
const GROUP = 50;

const MINUTE_MS = 60_000;
/** CLINICAL: batches that broke since may hide a change for no longer than this (as long as a history may). */
const PROOF_MS = 90 * MINUTE_MS;
/** What batches would have spared is counted for so long. */
const WINDOW_MS = 30 * MINUTE_MS;
/** A HIS that failed at a batch is not sent one for an hour, one that concealed something for a day. */
const REST_MS = { failed: 60 * MINUTE_MS, concealed: 24 * 60 * MINUTE_MS };
/** How few it takes is believed for a day: what it failed at may have been an hour's trouble. */
const SMALLER_MS = 24 * 60 * MINUTE_MS;

const KEY = "sync.batches";
/** Server time at which each type last proved itself. */
const Proved = z.record(z.string(), z.string());

/**
 * A round may ask hundreds of questions that nearly all find nothing. Where the HIS takes batches they travel together,
 * but only types of which a batch has lately shown the very same as a question of its own.
 */
export function createBatches(options: {
  readonly his: HisClient;
  readonly link: Link;
  readonly journal: Remote<JournalThread>;
  readonly capabilities: () => Capabilities | null;
  /** Whether a type is asked for together with what vouches for it. */
  readonly withProofs: (type: string) => boolean;
  readonly parallel: number;
  /** Milliseconds by this PC's clock, and by one that nobody sets. */
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly log: (message: string) => void;
}): Batches {
  const { his, link, journal, now, monotonic } = options;
  /** When each type proved itself; what a restart forgets is proven anew. */
  const proved = new Map<string, number>();
  /** When it was last asked to, whatever came of it. */
  const tried = new Map<string, number>();
  let wished: readonly { readonly at: number; readonly questions: readonly string[] }[] = [];
  let stated: Capabilities | null = null;
  let resting = { at: Number.NEGATIVE_INFINITY, ms: 0 };
  let smaller = { at: Number.NEGATIVE_INFINITY, most: MOST };

  const most = (): number => (within(now() - smaller.at, SMALLER_MS) ? smaller.most : MOST);
  function isOffered(): boolean {
    const statement = options.capabilities();
    // Read anew: the line was down, and what comes back may be another version of the HIS.
    if (statement !== stated) {
      proved.clear();
      tried.clear();
    }
    stated = statement;
    return statement?.batch === true && !within(now() - resting.at, resting.ms);
  }
  const isLately = (times: ReadonlyMap<string, number>, type: string): boolean =>
    within(now() - (times.get(type) ?? Number.NEGATIVE_INFINITY), PROOF_MS);

  function rest(ms: number): void {
    resting = { at: now(), ms };
    proved.clear();
  }

  /** It failed at a batch of so many; whether because they were many is found out by half of them. */
  function failedAt(size: number, failure: HisFailure | null): void {
    if (size > FEW && !takesNone(failure))
      smaller = { at: now(), most: Math.min(most(), Math.ceil(size / 2)) };
    else rest(REST_MS.failed);
  }

  /** Null: the batch as a whole was of no use. */
  async function send(asked: readonly string[]): Promise<Sent | null> {
    const begun = monotonic();
    // It says nothing about the line that a batch failed: the questions that then go alone find out.
    const answer = await link
      .run(async () => await his.batch(batchOf(asked)).catch(refusal))
      .catch(refusal);
    const found =
      answer instanceof HisError
        ? null
        : await journal.readBatch({ bytes: answer.bytes, questions: asked });
    if (answer instanceof HisError || found === null || found.problem !== null) {
      if (link.state().kind === "up")
        failedAt(asked.length, answer instanceof HisError ? answer.failure : null);
      return null;
    }
    // Its parts are as old as its beginning, whenever the HIS looked at its clock.
    const took = Math.ceil(monotonic() - begun);
    const serverTime = new Date(Date.parse(answer.serverTime) - took).toISOString();
    return { parts: found.parts, serverTime };
  }

  async function alone(question: string): Promise<Print | null> {
    const answer = await link.run(async () => await his.get(question)).catch(refusal);
    return answer instanceof HisError ? null : await journal.readPrint(answer.bytes);
  }

  async function prove(types: readonly string[], patients: readonly string[]): Promise<boolean> {
    for (const type of types) tried.set(type, now());
    const questions = types.map((type) => proofQuestion(type, patients, options.withProofs(type)));
    const prints = new Map<string, Print | null>();
    await inParallel(questions, options.parallel, async (question) => {
      prints.set(question, await alone(question));
    });
    const isShown = (question: string): boolean => (prints.get(question)?.names.length ?? 0) > 0;
    const witness = questions.find(isShown);
    if (witness === undefined) return true;
    const good = new Map<string, string>();
    for (let left = questions; left.length > 0 && isOffered() && link.state().kind === "up";) {
      const some = left.slice(0, most() - 1);
      // "None" proves nothing of a batch that shows nothing.
      const group = some.some(isShown) ? some : [witness, ...some];
      const sent = await send(group);
      // Rests from now on, or takes fewer.
      if (sent === null) continue;
      left = left.slice(some.length);
      const verdicts = new Map(
        group.map((question, nth) => [
          question,
          compare(prints.get(question) ?? null, sent.parts[nth]?.print ?? null),
        ]),
      );
      const found = new Set(verdicts.values());
      if (found.has("concealed")) {
        options.log("a batch left out what a question of its own finds: none is sent for a day");
        rest(REST_MS.concealed);
        await askAgain();
        return false;
      }
      if (!found.has("same")) continue;
      for (const question of some) {
        const verdict = verdicts.get(question);
        if (verdict === "same" || verdict === "none") good.set(typeOf(question), sent.serverTime);
      }
    }
    // Not before all of it was honest: what another type concealed is asked for from the last time on.
    for (const type of good.keys()) proved.set(type, now());
    await remember(good);
    return true;
  }

  async function remembered(): Promise<Record<string, string>> {
    const parsed = Proved.safeParse(keptJson((await journal.meta())[KEY]));
    return parsed.success ? parsed.data : {};
  }
  async function remember(honest: ReadonlyMap<string, string>): Promise<void> {
    if (honest.size === 0) return;
    const since = Object.fromEntries(honest);
    await journal.setMeta({ [KEY]: JSON.stringify({ ...(await remembered()), ...since }) });
  }

  /** CLINICAL: what batches answered since they last were honest is asked again: the cursors go back to there. */
  async function askAgain(): Promise<void> {
    const since = await remembered();
    const rows = withCursor(await journal.cursors()).flatMap((row) => {
      const honest = since[row.type];
      return honest === undefined
        ? []
        : [{ page: null, cursor: { ...row, cursor: earlier(row.cursor, honest) } }];
    });
    if (rows.length > 0) await journal.receiveAll(rows);
    await journal.setMeta({ [KEY]: "{}" });
  }

  return {
    async check(patients) {
      if (!isOffered() || patients.length === 0) return true;
      const types = new Set(wished.flatMap(({ questions }) => questions.map(typeOf)));
      const unproven = [...types].filter((type) => !isLately(tried, type));
      const rounds = wished.map(({ questions }) => questions.length);
      if (unproven.length === 0 || !pays(rounds, unproven.length, most())) return true;
      // Whatever comes of it, the next proof must be earned anew.
      wished = [];
      return await prove(unproven, patients);
    },
    async ask(questions) {
      const answers = new Map<string, HisAnswer>();
      if (!isOffered()) return answers;
      wished = wished.filter(({ at }) => within(now() - at, WINDOW_MS));
      if (questions.length > 1) wished = [...wished, { at: now(), questions }];
      const proven = questions.filter((question) => isLately(proved, typeOf(question)));
      if (proven.length < 2) return answers;
      await inParallel(groupsOf(proven, most()), options.parallel, async (group) => {
        const sent = isOffered() ? await send(group.map(inBatch)) : null;
        for (const [at, question] of group.entries()) {
          const part = sent?.parts[at];
          if (sent == null || part == null) continue;
          const { serverTime } = sent;
          answers.set(question, { status: 200, bytes: part.bytes, serverTime, etag: null });
        }
      });
      return answers;
    },
  };
}

interface Sent {
  readonly parts: readonly (BatchPart | null)[];
  readonly serverTime: string;
}

/**
 * Whether a proof is worth its requests: only when batches would have spared as many already (so that it never costs more
 * than twice what the best choice would have). `rounds`: how many questions were asked at a time, lately; `most`: in a batch.
 */
export function pays(rounds: readonly number[], unproven: number, most: number): boolean {
  const spared = rounds.reduce((sum, asked) => sum + asked - Math.ceil(asked / most), 0);
  return spared > unproven;
}

/**
 * What a batch's part says beside the question's own answer, which came just before. "None" by both is believed only where
 * the same batch has shown what there is of another type.
 */
export function compare(
  alone: Print | null,
  part: Print | null,
): "same" | "none" | "concealed" | "unproven" {
  if (alone === null || part === null) return "unproven";
  if (alone.text === part.text) return alone.names.length > 0 ? "same" : "none";
  // One that changed in between has moved on in the order; more than one did not change within a blink.
  const missing = alone.names.filter((name) => !part.names.includes(name));
  return missing.length > 1 || (missing.length === 1 && part.names.length === 0)
    ? "concealed"
    : "unproven";
}

function proofQuestion(type: string, patients: readonly string[], withProofs: boolean): string {
  if (type === PROVENANCE) return proofsQuestion(patients.slice(0, GROUP), null, COUNT);
  return (SECTION_TYPES as readonly string[]).includes(type)
    ? changesQuestion(type, patients.slice(0, GROUP), null, COUNT, withProofs)
    : allQuestion(type, null, COUNT);
}

function typeOf(question: string): string {
  return /^[A-Za-z]+/u.exec(question)?.[0] ?? "";
}

function inBatch(question: string): string {
  return question.replace(
    /\b_count=(\d+)/u,
    (_, count) => `_count=${Math.min(Number(count), COUNT)}`,
  );
}

/** It says that it takes no batch at all, or none of this PC. */
function takesNone(failure: HisFailure | null): boolean {
  return (
    failure?.kind === "gone" ||
    failure?.kind === "refused" ||
    (failure?.kind === "outcome" && (failure.status === 405 || failure.status === 501))
  );
}

function refusal(error: unknown): HisError {
  if (error instanceof HisError) return error;
  throw error;
}
