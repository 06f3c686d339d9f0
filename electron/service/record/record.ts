import { checkValues, checkVitals, type VitalProblem } from "../../../shared/clinical/plausible.ts";
import type { Comparison, VitalName, VitalValues } from "../../../shared/contract/index.ts";
import { NO_VALUES, type Side } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { SignedAct } from "../../../shared/trust/index.ts";
import type { Act, FactClaims } from "../../../shared/trust/index.ts";
import { basesOf, theirsIn } from "../store/index.ts";
import type { ActRow, Journal, NewActRow, Remote, Versions } from "../store/index.ts";
import { makeResolutionAct, makeWithdrawalAct } from "./acts-about-acts.ts";
import { makeCorrectionAct } from "./correction-act.ts";
import { claimsOfAcceptance, claimsOfAct } from "./fact-claims.ts";
import { makeDecisionAct, withProof, type DecisionInput } from "./decision-act.ts";
import { makeAdministrationAct, type AdministrationInput } from "./administration-act.ts";
import { makeOrderAct, type OrderActInput } from "./order-act.ts";
import { savedAsAsked, type OrderAsked } from "./order-again.ts";
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

/** What was to be changed is not as it was shown: changed, over, or gone meanwhile. Nothing was written. */
export class ChangedMeanwhile extends Error {
  override readonly name = "ChangedMeanwhile";
}

/** Vital signs of which some are stated. */
type SomeVitals = { readonly [K in keyof VitalValues]?: VitalValues[K] | undefined };

export interface CorrectionRequest {
  readonly uuid: string;
  readonly patient: string;
  /** Ids of the Observations of the set. */
  readonly ids: readonly string[];
  readonly values: SomeVitals;
  readonly wrong: readonly VitalName[];
  readonly confirmed: readonly VitalName[];
  readonly reason: string;
  /** Instant and offset: when it was corrected. Made by the page once, so that a repeated save is the same act. */
  readonly at: string;
}

interface AboutInput {
  readonly uuid: string;
  /** The unsent act. */
  readonly act: string;
  readonly at: string;
}

export interface VitalsInput {
  readonly uuid: string;
  readonly patient: string;
  readonly at: string;
  readonly values: VitalValues;
  readonly confirmed: readonly VitalName[];
}

/** Who answers for an act too, with her own key; null: nobody has to. */
type Second = { readonly clinician: string; sign(value: unknown): Promise<string> } | null;

export interface GivingInput extends Omit<
  AdministrationInput,
  "author" | "workstation" | "second"
> {
  /** Of the order, as she saw it. */
  readonly version: string | null;
  readonly second: Second;
}

/** What the trail says of a dose that was given, beside the act: by which version of which order, and what she compared. */
export interface AtGiving {
  readonly order: string;
  readonly version: string | null;
  readonly compared: readonly Comparison[];
}

export interface OrderRequest extends Omit<OrderActInput, "author" | "workstation"> {
  readonly second: Second;
}

/** Who charts: borrowed from the session's ticket. */
export interface Charting {
  readonly author: string;
  sign(value: unknown): Promise<string>;
  /** Signs what she does to clinical facts, so that any PC, and the HIS, can see that it was she. */
  signFacts(claims: FactClaims): Promise<string>;
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
  /** The same for an order. Whoever calls has made the check. @throws {@link ActConflict}, StoreError */
  order(charting: Charting, input: OrderRequest): Promise<{ uuid: string }>;
  /**
   * Whether this very order was saved before, and only its answer lost: then it is not asked again what was true then.
   * @throws {@link ActConflict} when another was saved under its number
   */
  wasOrdered(charting: Pick<Charting, "author">, asked: OrderAsked): Promise<boolean>;
  /** Puts charted vitals right, or marks them as entered in error. Errors as above, and {@link ChangedMeanwhile}. */
  correctVitals(charting: Charting, input: CorrectionRequest): Promise<{ uuid: string }>;
  /** Takes an unsent act back, as an act of its own. @throws {@link ChangedMeanwhile}, StoreError */
  withdraw(
    charting: Charting,
    input: AboutInput & { readonly reason: string },
  ): Promise<{ settled: boolean }>;
  /** Decides a conflict, field by field. @throws {@link ChangedMeanwhile}, StoreError */
  decide(
    charting: Charting,
    input: AboutInput & { readonly choice: (resource: string, field: string) => Side },
  ): Promise<{ settled: boolean }>;
}

/** Makes the room that writes. Effects come in: the journal, the escrow file, the clock. */
export function createRecord(room: {
  readonly journal: Pick<Remote<Journal>, "putAct" | "putActAbout" | "act">;
  /** Null where the site has no recovery key. */
  readonly escrow: { append(uuid: string, bytes: Uint8Array): Promise<unknown> } | null;
  readonly workstation: string;
  readonly site: string;
  /** This moment, instant and offset. */
  readonly now: () => string;
  readonly millis: () => number;
  readonly encounterOf: (patient: string) => Promise<string | null>;
  /** The audit entry that is chained in the act's own transaction. */
  readonly audited: (act: SignedAct, giving?: AtGiving) => string;
  /** Observations of the patient as this PC's record holds them. */
  readonly observations: (patient: string, ids: readonly string[]) => Promise<FhirResource[]>;
  /** They are over, unsent: the escrow file needs them no longer. */
  readonly onOver: (uuids: readonly string[]) => Promise<void>;
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
      await save(await signed(charting, act));
      return { uuid: act.uuid };
    },
    async give(charting, input) {
      const act = makeAdministrationAct({
        ...input,
        author: charting.author,
        workstation: room.workstation,
      });
      const given = { ...(await signed(charting, act)), ...(await witnessed(input.second, act)) };
      await save(given, { giving: atGiving(input) });
      return { uuid: act.uuid };
    },
    async order(charting, { second, ...input }) {
      const act = makeOrderAct({ ...input, ...by(charting) });
      await save({ ...(await signed(charting, act)), ...(await witnessed(second, act)) });
      return { uuid: act.uuid };
    },
    async wasOrdered({ author }, asked) {
      const row = await room.journal.act(asked.uuid);
      if (row === null) return false;
      const before = readAct(row);
      if (before === null || savedAsAsked(before, asked, author) === null)
        throw new ActConflict("another entry was saved under this number; the first one stands");
      // A kill may have come between the journal and the escrow file.
      await escrowed(row);
      return true;
    },

    async chartDecision(charting, input) {
      const held = await room.journal.act(input.uuid);
      // Said before, and its answer lost: of the same moment, so that it can be the same act.
      const at = held?.at ?? room.now();
      const act = makeDecisionAct({ ...input, ...by(charting), at });
      const { inForce, claimed, verdict, alone } = input;
      // SECURITY: an opinion vouches for nothing: with her signature over the change, any other PC would apply it.
      if (alone === "opinion") {
        await save({ act, signature: await charting.sign(act) });
        return { uuid: act.uuid, at: act.at };
      }
      const claims =
        verdict === "accept"
          ? claimsOfAcceptance(act, room.site, input.claimedFor, { inForce, claimed })
          : claimsOfAct(act, room.site, claimed === null ? {} : { [keyOf(claimed)]: claimed });
      const vouched = claims === null ? act : withProof(act, await charting.signFacts(claims));
      await save({ act: vouched, signature: await charting.sign(vouched) });
      return { uuid: act.uuid, at: act.at };
    },

    async correctVitals(charting, input) {
      const { values, confirmed } = input;
      const problems = checkValues({ ...NO_VALUES, ...whole(values) }, confirmed, false);
      if (problems.length > 0) throw new InvalidVitals(problems);
      const held = await room.journal.act(input.uuid);
      // Said before, and its answer lost: made from what it was made from it comes to the same, whatever has changed since.
      const before = held === null ? [] : Object.values(heldIn(basesOf(held)));
      const observations =
        before.length > 0 ? before : await room.observations(input.patient, input.ids);
      const made = makeCorrectionAct({
        ...input,
        author: charting.author,
        workstation: room.workstation,
        observations,
        values: whole(values),
      });
      if (made === null) throw new ChangedMeanwhile("there is nothing to correct any more");
      await save(await signed(charting, made.act, made.bases), {
        base: JSON.stringify(made.bases),
      });
      return { uuid: made.act.uuid };
    },

    async withdraw(charting, { uuid, act, at, reason }) {
      if (await isHeld(uuid, act)) return { settled: false };
      const { target } = await unsent(act);
      // What was decided about a held change holds on this PC already; another decision changes it.
      if (target.kind === "withdrawal" || target.kind === "decision")
        throw new ChangedMeanwhile("it cannot be taken back");
      const made = makeWithdrawalAct(target, { ...by(charting), uuid, at, reason });
      const how = { kind: "withdraw", why: "withdrawn", send: true } as const;
      return await saveAbout(await signed(charting, made), act, how);
    },

    async decide(charting, { uuid, act, at, choice }) {
      if (await isHeld(uuid, act)) return { settled: false };
      const { row, target } = await unsent(act);
      if (row.state !== "parked" || row.why !== "conflict")
        throw new ChangedMeanwhile("there is no conflict any more");
      const versions = { bases: basesOf(row), theirs: theirsIn(row) };
      const input = { ...by(charting), uuid, at, reason: "conflict" };
      const made = makeResolutionAct(target, versions, choice, input);
      if (made === null) throw new ChangedMeanwhile("there is nothing to decide between");
      const why = made.send ? "decided" : "kept-theirs";
      return await saveAbout(
        await signed(charting, made.act, heldIn(versions.theirs)),
        act,
        { kind: "decide", why, send: made.send },
        row.theirs,
      );
    },
  };

  /** Her signature over the act, and over what it writes. */
  async function signed(
    charting: Charting,
    act: Act,
    bases?: Parameters<typeof claimsOfAct>[2],
  ): Promise<SignedAct> {
    const claims = claimsOfAct(act, room.site, bases);
    const signature = await charting.sign(act);
    return claims === null
      ? { act, signature }
      : { act, signature, facts: await charting.signFacts(claims) };
  }

  async function witnessed(second: Second, act: Act): Promise<Pick<SignedAct, "witness">> {
    if (second === null) return {};
    return { witness: { clinician: second.clinician, signature: await second.sign(act) } };
  }

  function by({ author }: Charting): { author: string; workstation: string } {
    return { author, workstation: room.workstation };
  }

  /** Saved before: its answer was lost. */
  async function isHeld(uuid: string, target: string): Promise<boolean> {
    return (await room.journal.act(uuid))?.about === target;
  }

  async function unsent(uuid: string): Promise<{ row: ActRow; target: Act }> {
    const row = await room.journal.act(uuid);
    const target = row === null ? null : readAct(row);
    if (row === null || target === null) throw new ChangedMeanwhile("there is no such entry here");
    return { row, target };
  }

  async function save(
    act: SignedAct,
    { base, giving }: { readonly base?: string; readonly giving?: AtGiving | undefined } = {},
  ): Promise<void> {
    const row = rowOf(act, room.millis(), base);
    const { inserted } = await room.journal.putAct(row, [room.audited(act, giving)]);
    if (!inserted) await requireSame(act);
    await escrowed(row);
  }

  async function saveAbout(
    act: SignedAct,
    target: string,
    how: Parameters<Journal["putActAbout"]>[1],
    base?: string | null,
  ): Promise<{ settled: boolean }> {
    const row = rowOf(act, room.millis(), base ?? undefined);
    const done = await room.journal.putActAbout({ ...row, about: target }, how, [
      room.audited(act),
    ]);
    if (done === "late") throw new ChangedMeanwhile("it is over already");
    if (done === "held") await requireSame(act);
    else await escrowed(row);
    if (done === "settled") await room.onOver([row.uuid, target]);
    if (done === "queued" && how.kind === "decide") await room.onOver([target]);
    return { settled: done === "settled" };
  }

  async function escrowed({ uuid, body }: Pick<NewActRow, "uuid" | "body">): Promise<void> {
    try {
      await room.escrow?.append(uuid, Buffer.from(body, "utf8"));
    } catch (error) {
      room.escrowFailed(uuid, error);
    }
  }

  /** ES256 signatures differ each time, and the patient may have been moved meanwhile; what was charted must not differ. */
  async function requireSame(signedAct: SignedAct): Promise<void> {
    const held = await room.journal.act(signedAct.act.uuid);
    const before = held === null ? null : readAct(held);
    if (before === null || charted(before) !== charted(signedAct.act))
      throw new ActConflict("this entry was saved before with other values; the first one stands");
  }
}

function rowOf(signedAct: SignedAct, queuedAt: number, base?: string): NewActRow {
  const { uuid, kind, patient, author, at } = signedAct.act;
  const body = JSON.stringify(signedAct);
  return { uuid, kind, patient, author, at, queuedAt, body, ...(base !== undefined && { base }) };
}

function readAct({ body }: ActRow): Act | null {
  try {
    const read = SignedAct.safeParse(JSON.parse(body));
    return read.success ? read.data.act : null;
  } catch {
    return null;
  }
}

function keyOf({ resourceType, id }: FhirResource): string {
  return `${resourceType}/${id}`;
}

/** What of these versions there is. */
function heldIn(versions: Versions): { [key: string]: FhirResource } {
  return Object.fromEntries(
    Object.entries(versions).flatMap(([key, one]) => (one === null ? [] : [[key, one]])),
  );
}

/** What is not stated stays as it was. */
function whole(values: SomeVitals): Partial<VitalValues> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}

function charted(act: Act): string {
  const entries = act.entries.map(
    ({ resource: { encounter: _stay, context: _context, signature: _proof, ...said }, base }) => ({
      said,
      base,
    }),
  );
  return JSON.stringify({ ...act, entries });
}

function atGiving({ order, version, outcome }: GivingInput): AtGiving | undefined {
  return outcome.kind === "given"
    ? { order: order.id, version, compared: outcome.compared }
    : undefined;
}
