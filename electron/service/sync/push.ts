import { HisError } from "../his/index.ts";
import type { Capabilities, HisClient } from "../his/index.ts";
import { SignedAct } from "../../../shared/trust/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { ActRow, Remote } from "../store/index.ts";
import { actBundle, confirmedBy } from "./act-bundle.ts";
import type { CreateWay, StoredMap } from "./act-bundle.ts";
import { countCopies, lookUp } from "./act-lookup.ts";
import { inParallel } from "./ask.ts";
import { backoffMs } from "./backoff.ts";
import { bringsDown } from "./link.ts";
import type { Link } from "./link.ts";
import { NotAPage } from "./page.ts";
import type { JournalThread, SyncAlarm } from "./types.ts";

/** Patients whose acts travel at the same time. */
const PATIENTS = 4;
const BACKOFF = { baseMs: 2_000, capMs: 5 * 60_000 };
/** An act the HIS fails at this often, while it answers others, is parked: it must not hold up its patient for ever. */
const MOST_FAILURES = 8;
/** Journal fact: this HIS refused a PUT to a new id, whatever its CapabilityStatement says. */
export const PUT_REFUSED = "his.put-refused";

/** What happened to an act, for the audit trail. */
export type PushEvent = {
  readonly act: string;
  readonly patient: string;
  readonly author: string;
} & (
  | { readonly kind: "sending"; readonly attempt: number }
  | { readonly kind: "acknowledged"; readonly found: boolean }
  | { readonly kind: "parked"; readonly reason: string }
  | { readonly kind: "postponed"; readonly reason: string }
);

export interface PushParts {
  readonly his: HisClient;
  readonly link: Link;
  readonly journal: Remote<JournalThread>;
  readonly capabilities: () => Capabilities | null;
  readonly now: () => number;
  readonly random: () => number;
  /** How often the HIS itself failed at an act, by uuid; kept in memory between drains. */
  readonly failures: Map<string, number>;
  /** Bodies for the audit trail, committed together with the act's new state. */
  readonly auditOf: (event: PushEvent) => readonly string[];
  readonly onAcknowledged: (uuid: string) => Promise<void>;
  readonly onAlarm: (alarm: SyncAlarm) => void;
  readonly onChange: () => void;
}

/**
 * Sends what waits in the outbox, each act exactly once: order holds within a patient, one bad act is parked and blocks
 * nobody, and whatever was tried before is first looked for. Answers when the next postponed act is due, or null.
 * Throws only what the journal throws.
 */
export async function drainOutbox(parts: PushParts): Promise<number | null> {
  const acts = await parts.journal.acts({ acknowledged: false });
  const patients = [...Map.groupBy(acts, ({ patient }) => patient).values()];
  let due: number | null = null;
  await inParallel(patients, PATIENTS, async (rows) => {
    const next = await drainPatient(parts, rows);
    if (next !== null) due = Math.min(due ?? next, next);
  });
  return due;
}

async function drainPatient(parts: PushParts, rows: readonly ActRow[]): Promise<number | null> {
  const parked: Act[] = [];
  for (const row of rows) {
    if (parts.link.state().kind !== "up") return null;
    const signed = SignedAct.safeParse(jsonOf(row.body));
    if (!signed.success) {
      if (row.state !== "parked")
        await park(parts, row, "this PC cannot read it any more; its text is kept");
      continue;
    }
    const { act } = signed.data;
    if (row.state === "parked") {
      parked.push(act);
      continue;
    }
    // Order within the patient: nothing overtakes an act that waits.
    if (mustWait(row.nextAttempt, parts.now())) return row.nextAttempt;
    if (parked.some((other) => dependsOn(act, other))) return null;
    const outcome = await offer(parts, row, act);
    if (outcome === "parked") parked.push(act);
    else if (outcome !== "acknowledged") return outcome.due;
  }
  return null;
}

type Outcome = "acknowledged" | "parked" | { readonly due: number | null };

async function offer(parts: PushParts, row: ActRow, act: Act): Promise<Outcome> {
  const { journal, link, his } = parts;
  // Committed before anything leaves: a kill from here on means "look first".
  await journal.setAct(
    row.uuid,
    { state: "sending" },
    parts.auditOf(event(row, { kind: "sending", attempt: row.attempts + 1 })),
  );
  parts.onChange();
  try {
    if (row.attempts > 0 || row.state === "sending") {
      const found = await lookUp(his, link, act);
      if (found.kind === "all")
        return await acknowledge(parts, row, act, found.stored, found.copies);
      if (found.kind === "partly") return await park(parts, row, found.detail);
    }
    return await send(parts, row, act);
  } catch (error) {
    if (error instanceof NotAPage) return await postpone(parts, row, error.message, null);
    if (error instanceof HisError) return await failed(parts, row, error);
    throw error;
  }
}

async function send(
  parts: PushParts,
  row: ActRow,
  act: Act,
  instead: CreateWay | null = null,
): Promise<Outcome> {
  const { his, link, journal } = parts;
  const way = instead ?? (await wayOf(parts, act));
  const body = JSON.stringify(actBundle(act, way));
  let isRefused = false;
  try {
    const answer = await link.run(async () => await his.send("POST", "", body));
    const stored = confirmedBy(act, way, jsonOf(new TextDecoder().decode(answer.bytes)));
    if (stored !== null) {
      // The other way worked: proof that this HIS does not do what it declares. Remembered.
      if (instead !== null) await journal.setMeta({ [PUT_REFUSED]: "1" });
      return await acknowledge(parts, row, act, stored, null);
    }
  } catch (error) {
    isRefused = error instanceof HisError && way === "put" && refusesPut(error);
    if (!isRefused) throw error;
  }
  // Not confirmed, or refused: nothing is taken for granted, it is looked for.
  const found = await lookUp(his, link, act);
  if (found.kind === "all") return await acknowledge(parts, row, act, found.stored, found.copies);
  if (found.kind === "partly") return await park(parts, row, found.detail);
  if (isRefused) return await send(parts, row, act, "post");
  return await postpone(parts, row, "the HIS did not confirm it", null);
}

async function wayOf({ capabilities, journal }: PushParts, act: Act): Promise<CreateWay> {
  const types = capabilities()?.types;
  const isDeclared = act.entries.every(
    ({ resource, base }) =>
      base !== null || types?.get(resource.resourceType)?.updateCreate === true,
  );
  return isDeclared && (await journal.meta())[PUT_REFUSED] === undefined ? "put" : "post";
}

/** Declared `updateCreate` and answers 404 all the same (Medplum does), or 405. */
function refusesPut({ failure }: HisError): boolean {
  return (
    (failure.kind === "gone" && failure.status === 404) ||
    (failure.kind === "outcome" && failure.status === 405)
  );
}

async function failed(parts: PushParts, row: ActRow, { failure }: HisError): Promise<Outcome> {
  if (failure.kind === "conflict")
    return await park(parts, row, `changed at the HIS meanwhile: ${failure.detail}`);
  // The link itself says when there is a point in trying again.
  if (bringsDown(failure)) return await postpone(parts, row, failure.detail, "link");
  const status = "status" in failure ? failure.status : 0;
  const failures = (parts.failures.get(row.uuid) ?? 0) + 1;
  parts.failures.set(row.uuid, failures);
  const mayPass = status === 408 || status === 409 || status >= 500;
  if (mayPass && failures < MOST_FAILURES) return await postpone(parts, row, failure.detail, null);
  parts.failures.delete(row.uuid);
  return await park(parts, row, failure.detail);
}

async function acknowledge(
  parts: PushParts,
  row: ActRow,
  act: Act,
  stored: StoredMap,
  counted: ReadonlyMap<string, number> | null,
): Promise<Outcome> {
  await parts.journal.setAct(
    row.uuid,
    {
      state: "acknowledged",
      reason: null,
      nextAttempt: null,
      stored: JSON.stringify(stored),
      acknowledgedAt: parts.now(),
    },
    parts.auditOf(event(row, { kind: "acknowledged", found: counted !== null })),
  );
  parts.onChange();
  await parts.onAcknowledged(row.uuid);
  await reportDuplicates(parts, act, counted);
  return "acknowledged";
}

// `If-None-Exist` duplicates under concurrency on well-known servers: so it is looked for, and said.
async function reportDuplicates(
  parts: PushParts,
  act: Act,
  counted: ReadonlyMap<string, number> | null,
): Promise<void> {
  let copies = counted;
  try {
    copies ??= await countCopies(parts.his, parts.link, act);
  } catch (error) {
    if (!(error instanceof HisError) && !(error instanceof NotAPage)) throw error;
    return;
  }
  for (const { resource } of act.entries) {
    const count = copies.get(resource.id) ?? 0;
    if (count > 1)
      parts.onAlarm({
        kind: "duplicate",
        act: act.uuid,
        type: resource.resourceType,
        copies: count,
      });
  }
}

async function park(parts: PushParts, row: ActRow, reason: string): Promise<Outcome> {
  await parts.journal.setAct(
    row.uuid,
    { state: "parked", reason, nextAttempt: null },
    parts.auditOf(event(row, { kind: "parked", reason })),
  );
  parts.onChange();
  return "parked";
}

/** `when`: by back-off, or as soon as the link is up again. */
async function postpone(
  parts: PushParts,
  row: ActRow,
  reason: string,
  when: "link" | null,
): Promise<Outcome> {
  const failures = parts.failures.get(row.uuid) ?? 1;
  const nextAttempt =
    when === "link" ? null : parts.now() + backoffMs(failures, BACKOFF, parts.random);
  await parts.journal.setAct(
    row.uuid,
    { state: "waiting", reason, nextAttempt },
    parts.auditOf(event(row, { kind: "postponed", reason })),
  );
  parts.onChange();
  return { due: nextAttempt };
}

type What = PushEvent extends infer E
  ? E extends PushEvent
    ? Omit<E, "act" | "patient" | "author">
    : never
  : never;

function event(row: ActRow, what: What): PushEvent {
  return { act: row.uuid, patient: row.patient, author: row.author, ...what };
}

/**
 * No act is put off for longer than the longest back-off: one that seems to be was put off before this PC's clock was put
 * back, and would wait, with all that follows it, for as long as the clock had gone wrong.
 */
function mustWait(nextAttempt: number | null, now: number): boolean {
  return nextAttempt !== null && nextAttempt > now && nextAttempt - now <= BACKOFF.capMs;
}

/** True when an act builds on another's resources: it refers to one, or updates one. */
function dependsOn(act: Act, other: Act): boolean {
  const text = JSON.stringify(act.entries);
  return other.entries.some(({ resource }) => text.includes(resource.id));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
