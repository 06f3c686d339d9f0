import type { ToBadge } from "../../../shared/badge.ts";
import type { LockReason } from "../../../shared/contract/index.ts";
import type { AuditNote } from "../audit/index.ts";
import type { OpenVault } from "../vault/index.ts";
import { createBadges, NAMED_MS } from "./badges.ts";
import { createEmergency } from "./emergency.ts";
import { Barred, Interrupted, Locked, NotReady, Stopped } from "./errors.ts";
import { answerable, ownHolder, type Holder } from "./holder.ts";
import { createIdleWatch } from "./idle-watch.ts";
import { listeners } from "./listeners.ts";
import {
  next,
  SEALED,
  wakeAt,
  type Attempt,
  type SessionEffect,
  type SessionEvent,
  type SessionRules,
  type SessionState,
  type Way,
} from "./machine.ts";
import { ownTicket, writeOverride } from "./overrides.ts";
import { createPinCount } from "./pin-count.ts";
import { createRecordsDoor } from "./records-door.ts";
import { createReopening } from "./reopening.ts";
import { createGatekeeper } from "./sign-in.ts";
import type { Session, SessionClock, SessionInput } from "./types.ts";
import { viewOf } from "./view.ts";
import { createWakefulness } from "./wakefulness.ts";

/** How often time is looked at while a key is in memory: so that a sleep nobody told of is found within seconds. */
const LOOK_MS = 5_000;

/** The session of this workstation: the machine of `machine.ts` with its effects carried out. */
export function createSession(input: SessionInput): Session {
  const { audit, limits, roster, timers } = input;
  const wake = createWakefulness(input.clock);
  const clock: SessionClock = { now: () => input.clock.now(), monotonic: () => wake.now() };
  const when = input.when ?? (() => clock.now());
  const rules: SessionRules = {
    graceMs: limits.graceMinutes * 60_000,
    hardLockMs: limits.hardLockMinutes * 60_000,
    emergencyMs: limits.emergencyMinutes * 60_000,
    badge: limits.badge,
  };
  const pins = createPinCount({ ...input, clock });
  const members = () => roster.members();
  const gatekeeper = createGatekeeper({ ...input, pins, members, when, clock });
  const emergencies = createEmergency({ ...input, gatekeeper, clock });
  const badges = createBadges(() => members().map(({ entry }) => entry));
  const changed = listeners<[]>(input.onProblem);
  const locked = listeners<[LockReason]>(input.onProblem);
  const toBadge = listeners<[ToBadge]>(input.onProblem);
  const records = createRecordsDoor(input);
  const reopening = createReopening({
    ...input,
    clock,
    badges,
    entryOf: (clinician) =>
      members().find(({ entry }) => entry.clinician === clinician)?.entry ?? null,
    welcome: (clinician) =>
      gatekeeper.standing(clinician) === "ready" && (input.barred?.() ?? null) === null,
    send: toBadge.tell,
    nextAttempt: () => (attempts += 1),
    apply,
    current,
    look,
    who: () => who,
    grant,
    note,
  });

  let state: SessionState = SEALED;
  let who: Holder | null = null;
  let lastLock: { reason: LockReason; at: string } | null = {
    reason: "service-start",
    at: clock.now().toISOString(),
  };
  let attempts = 0;
  let stopped = false;
  let suspended = false;
  let callOffLook: (() => void) | null = null;
  let signingIn: Promise<unknown> = Promise.resolve();

  const idle = createIdleWatch({
    clock,
    timers,
    limits: { idleMs: limits.idleSeconds * 1_000, warningMs: limits.warningSeconds * 1_000 },
    onWarning: () => changed.tell(),
    onOver: () => apply({ kind: "lock", reason: "idle" }),
  });

  function note(entry: AuditNote): void {
    audit.record(entry).catch((error: unknown) => input.onProblem("audit", error));
  }

  function apply(event: SessionEvent): void {
    const step = next(state, event, wake.now(), rules);
    const moved = step.state !== state;
    // SECURITY: first of all. From this line on every ticket of the old state is void.
    state = step.state;
    for (const effect of step.effects) carryOut(effect);
    if (!moved) return;
    lookLater();
    changed.tell();
  }

  function carryOut(effect: SessionEffect): void {
    switch (effect.kind) {
      case "cover": {
        const { reason, newcomer } = effect;
        lastLock = { reason, at: clock.now().toISOString() };
        reopening.forget();
        locked.tell(reason);
        const kind = reason === "sign-out" ? "sign-out" : "lock";
        const detail = newcomer === null ? { reason } : { reason, by: newcomer };
        note({ kind, clinician: who?.person.clinician ?? null, detail });
        return;
      }
      case "drop-vault": {
        const dropped = who;
        who = null;
        records.close(dropped?.vault ?? null);
        return;
      }
      case "start-idle":
        idle.start();
        return;
      case "stop-idle":
        idle.stop();
    }
  }

  /** Lets time do what it does: ends what is over, finds a sleep that nobody told of. */
  function look(): void {
    apply(wake.slept() ? { kind: "seal", reason: "suspend" } : { kind: "time" });
    if (state.kind === "open" && idle.over()) apply({ kind: "lock", reason: "idle" });
  }

  function lookLater(): void {
    callOffLook?.();
    callOffLook = null;
    if (state.kind === "sealed") return;
    const due = wakeAt(state, rules) ?? Number.POSITIVE_INFINITY;
    const wait = Math.min(LOOK_MS, Math.max(0, due - wake.now()));
    callOffLook = timers.after(wait, () => {
      look();
      lookLater();
    });
  }

  function current(attempt: Attempt): boolean {
    return !stopped && state.kind !== "open" && state.attempt?.id === attempt.id;
  }

  function begin(way: Exclude<Way, "badge">, clinician: string | null): Attempt {
    if (stopped) throw new Stopped("the service is stopping");
    input.onAttempt?.();
    look();
    attempts += 1;
    const badge = clinician === null ? null : badges.of(clinician);
    const attempt: Attempt = { id: attempts, way, clinician, badge };
    // What a person types goes before what lies on the reader.
    reopening.forget();
    apply({ kind: "try", attempt });
    return attempt;
  }

  /** Opens the session for a holder; false: the machine would not have it, and nothing changed but what time did. */
  function grant(attempt: Attempt, holder: Holder): boolean {
    const before = who;
    who = holder;
    apply({ kind: "granted", attempt, badge: badgeOf(attempt) });
    const open = state.kind === "open" && state.session === attempt.id;
    if (!open && who === holder) who = before;
    else if (before !== null && before.vault !== who?.vault) before.vault.close();
    return open;
  }

  function badgeOf({ way, clinician, badge }: Attempt): number | null {
    if (way === "badge" && badge !== null) return badges.find(badge)?.presence ?? null;
    return clinician === null ? null : badges.of(clinician);
  }

  /** One attempt, from the released key to the open session; whatever goes wrong leaves the session closed. */
  async function enter(
    attempt: Attempt,
    release: () => Promise<OpenVault>,
    commit: (vault: OpenVault) => Promise<Holder>,
  ): Promise<void> {
    let opened: OpenVault | null = null;
    try {
      const why = input.barred?.() ?? null;
      if (why !== null) throw new Barred(why);
      opened = await release();
      if (current(attempt)) opened = await records.open(opened);
      const holder = current(attempt) ? await commit(opened) : null;
      look();
      const { clinician } = attempt;
      if (holder !== null && current(attempt) && clinician !== null && !hasBadge(clinician))
        throw new NotReady("badge");
      if (holder === null || !current(attempt) || !grant(attempt, holder))
        throw new Interrupted("a lock came while the PIN was being checked");
    } catch (error) {
      apply({ kind: "denied", attempt });
      const { clinician } = attempt;
      if (opened !== null)
        note({ kind: "sign-in-refused", clinician, detail: { why: whyOf(error) } });
      opened?.close();
      if (who === null) records.close(null);
      throw error;
    }
    await fillSlots(opened);
  }

  const hasBadge = (clinician: string): boolean =>
    rules.badge !== "required" || badges.of(clinician) !== null;

  async function attemptSignIn(clinician: string, pin: string): Promise<void> {
    const attempt = begin("pin", clinician);
    await enter(
      attempt,
      async () => (await gatekeeper.admit(clinician, hasBadge(clinician))).unlock(pin),
      async (vault) => {
        await audit.record({ kind: "sign-in", clinician, detail: { way: "pin" } });
        // Her entry may have run out or been revoked while the PIN was checked.
        const standing = gatekeeper.standing(clinician);
        if (standing !== "ready") throw new NotReady(standing);
        return ownHolder(vault, vault.clinician);
      },
    );
  }

  async function attemptEmergency(request: Parameters<Session["emergency"]>[0]): Promise<void> {
    const attempt = begin("emergency", null);
    const taking = emergencies.take(request);
    await enter(attempt, taking.release, taking.commit);
  }

  /** One at a time: counting wrong PINs has no meaning when they are checked side by side. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = signingIn.then(work);
    signingIn = turn.catch(() => undefined);
    return turn;
  }

  async function fillSlots(open: OpenVault): Promise<void> {
    try {
      await roster.makePendingSlots(open);
    } catch (error) {
      // Her own session does not depend on her colleagues' slots.
      input.onProblem("slots", error);
    }
  }

  const closedState = (): "locked" | "sealed" => (state.kind === "locked" ? "locked" : "sealed");

  return {
    signIn: (clinician, pin) => inTurn(() => attemptSignIn(clinician, pin)),
    emergency: (request) => inTurn(() => attemptEmergency(request)),
    withOwnPin: (ticket, work) =>
      inTurn(async () => {
        look();
        ownTicket(ticket, closedState());
        const admitted = await gatekeeper.admit(ticket.clinician.clinician, true);
        return await admitted.guess(() => work(admitted.member));
      }),
    withWitness: (ticket, { clinician, pin }, work) =>
      inTurn(async () => {
        look();
        ownTicket(ticket, closedState());
        // SECURITY: four eyes are two people.
        if (clinician === ticket.clinician.clinician) throw new NotReady("unknown");
        const admitted = await gatekeeper.admit(clinician, true);
        const vault = await admitted.unlock(pin);
        try {
          if (!ticket.valid()) throw new Locked(closedState());
          return await work((value) => vault.sign(value));
        } finally {
          vault.close();
        }
      }),
    async override(ticket, patient, reason) {
      look();
      ownTicket(ticket, closedState());
      const holder = who;
      if (holder === null || holder.overrides.has(patient)) return;
      // SECURITY: on disk before it opens; a lock in between leaves the row and opens nothing.
      await writeOverride(input, holder, patient, reason);
      if (!ticket.valid()) throw new Locked(closedState());
      holder.overrides.add(patient);
    },
    lock: (reason) => apply({ kind: "lock", reason }),
    async signOut() {
      apply({ kind: "seal", reason: "sign-out" });
      await records.settled();
    },
    async seal() {
      apply({ kind: "seal", reason: "policy" });
      await records.settled();
    },
    activity() {
      // Input that comes after the time is up belongs to whoever walks by.
      look();
      if (state.kind === "open") idle.input();
    },
    osIdle(seconds) {
      if (state.kind === "open") idle.report(seconds);
      look();
    },
    osEvent(event) {
      if (event === "lock-screen") apply({ kind: "lock", reason: "os-lock" });
      if (event === "display-off" || event === "remote-session")
        apply({ kind: "lock", reason: event });
      if (event === "suspend" || event === "shutdown") apply({ kind: "seal", reason: "suspend" });
      // A PC that wakes up and never said it went to sleep: the suspend is made up for now.
      if (event === "resume" && !suspended) apply({ kind: "seal", reason: "suspend" });
      if (event === "suspend" || event === "resume") suspended = event === "suspend";
      look();
    },
    pageLost: () => apply({ kind: "lock", reason: "page-lost" }),
    badge(message) {
      if (rules.badge === "off") return;
      if (message.kind === "proof" || message.kind === "no-proof")
        return reopening.answered(message);
      for (const event of badges.heard(message)) apply(event);
      look();
      const put = message.kind === "card-in" ? badges.find(message.presence) : null;
      if (put !== null) reopening.cardPut(put);
      changed.tell();
    },
    badgeLost() {
      if (rules.badge === "off") return;
      for (const event of badges.lost()) apply(event);
      reopening.forget();
      changed.tell();
    },
    onBadgeAsk: toBadge.add,
    wedge(code) {
      if (!limits.wedge) return;
      apply({ kind: "wedge", clinician: badges.tapped(code, wake.now()) });
      timers.after(NAMED_MS, () => changed.tell());
      changed.tell();
    },
    cardThere() {
      const [card, another] = badges.all();
      if (card === undefined || card.uid === null || another !== undefined) return null;
      return { presence: card.presence, uid: card.uid, piv: card.piv };
    },
    rosterChanged() {
      const answers = state.kind === "open" && who !== null ? answerable(who) : null;
      if (answers !== null) {
        const standing = gatekeeper.standing(answers.clinician);
        if (standing === "revoked" || standing === "unknown" || standing === "expired")
          apply({ kind: "seal", reason: "policy" });
      }
      if (who !== null) void fillSlots(who.vault);
      changed.tell();
    },
    ticket() {
      look();
      const mine = state;
      if (mine.kind !== "open" || who === null) throw new Locked(closedState());
      const { person, access, face, overrides } = who;
      // A later session of the same clinician is another session.
      const valid = (): boolean => state.kind === "open" && state.session === mine.session;
      return { clinician: person, access, vault: face, overrides, valid };
    },
    state() {
      look();
      return state.kind;
    },
    view: () =>
      viewOf({
        state,
        who,
        members: members(),
        when: when(),
        lastLock,
        idleLockAt: idle.lockAt(),
        limits,
        badges: { ...badges.view(wake.now()), unproven: reopening.unproven() },
      }),
    onChange: changed.add,
    onLock: locked.add,
    async stop() {
      stopped = true;
      apply({ kind: "seal", reason: "suspend" });
      await signingIn;
      await records.settled();
      await pins.settled();
    },
  };
}

function whyOf(error: unknown): string {
  if (error instanceof Interrupted) return "interrupted";
  return error instanceof NotReady ? error.why : "failed";
}
