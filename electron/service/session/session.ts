import type { LockReason } from "../../../shared/contract/index.ts";
import type { AuditNote } from "../audit/index.ts";
import { slotState, type OpenVault } from "../vault/index.ts";
import { Interrupted, Locked, NotReady, Stopped } from "./errors.ts";
import { createIdleWatch } from "./idle-watch.ts";
import { listeners } from "./listeners.ts";
import { next, SEALED, type Attempt, type SessionEffect, type SessionEvent } from "./machine.ts";
import { createRecordsDoor } from "./records-door.ts";
import { createGatekeeper } from "./sign-in.ts";
import type { Session, SessionInput } from "./types.ts";

/** How soon the hard lock asks again while a PIN is being checked. */
const ASK_AGAIN_MS = 1_000;

/** The session of this workstation: the machine of `machine.ts` with its effects carried out. */
export function createSession(input: SessionInput): Session {
  const { audit, roster, clock, timers } = input;
  const gatekeeper = createGatekeeper({ ...input, members: () => roster.members() });
  const changed = listeners<[]>(input.onProblem);
  const locked = listeners<[LockReason]>(input.onProblem);
  const records = createRecordsDoor(input);

  let state = SEALED;
  let vault: OpenVault | null = null;
  let lastLock: { reason: LockReason; at: string } | null = {
    reason: "service-start",
    at: clock.now().toISOString(),
  };
  let attempts = 0;
  let stopped = false;
  let stopHardLock: (() => void) | null = null;
  let signingIn: Promise<void> = Promise.resolve();

  const idle = createIdleWatch({
    clock,
    timers,
    limits: {
      idleMs: input.limits.idleSeconds * 1_000,
      warningMs: input.limits.warningSeconds * 1_000,
    },
    onWarning: () => changed.tell(),
    onOver: () => apply({ kind: "lock", reason: "idle" }),
  });

  function note(entry: AuditNote): void {
    audit.record(entry).catch((error: unknown) => input.onProblem("audit", error));
  }

  function apply(event: SessionEvent): void {
    const step = next(state, event);
    const moved = step.state !== state;
    // SECURITY: first of all. From this line on every ticket of the old state is void.
    state = step.state;
    for (const effect of step.effects) carryOut(effect);
    if (moved) changed.tell();
  }

  function carryOut(effect: SessionEffect): void {
    switch (effect.kind) {
      case "cover": {
        lastLock = { reason: effect.reason, at: clock.now().toISOString() };
        locked.tell(effect.reason);
        const kind = effect.reason === "sign-out" ? "sign-out" : "lock";
        note({ kind, clinician: effect.clinician, detail: { reason: effect.reason } });
        return;
      }
      case "start-hard-lock":
        armHardLock(input.limits.hardLockMinutes * 60_000);
        return;
      case "stop-hard-lock":
        stopHardLock?.();
        stopHardLock = null;
        return;
      case "drop-vault": {
        const dropped = vault;
        vault = null;
        records.close(dropped);
        return;
      }
      case "start-idle":
        idle.start();
        return;
      case "stop-idle":
        idle.stop();
    }
  }

  function armHardLock(milliseconds: number): void {
    stopHardLock?.();
    stopHardLock = timers.after(milliseconds, () => {
      stopHardLock = null;
      apply({ kind: "hard-lock" });
      if (state.kind === "locked") armHardLock(ASK_AGAIN_MS);
    });
  }

  const current = (attempt: Attempt): boolean =>
    !stopped && state.kind !== "open" && state.attempt?.id === attempt.id;

  async function attemptSignIn(clinician: string, pin: string): Promise<void> {
    if (stopped) throw new Stopped("the service is stopping");
    attempts += 1;
    const attempt: Attempt = { id: attempts, clinician };
    apply({ kind: "try", attempt });
    let opened: OpenVault | null = null;
    try {
      const admitted = await gatekeeper.admit(clinician, pin);
      opened = await admitted.unlock();
      if (current(attempt)) await records.open(opened);
      if (current(attempt)) await audit.record({ kind: "sign-in", clinician });
      // Her entry may have run out or been revoked while the PIN was checked.
      const member = roster.members().find((one) => one.entry.clinician === clinician);
      const standing = member === undefined ? "unknown" : slotState(member, clock.now());
      if (standing !== "ready") throw new NotReady(standing);
      if (!current(attempt)) throw new Interrupted("a lock came while the PIN was being checked");
    } catch (error) {
      apply({ kind: "denied", attempt });
      if (opened !== null)
        note({ kind: "sign-in-refused", clinician, detail: { why: whyOf(error) } });
      opened?.close();
      if (vault === null) records.close(null);
      throw error;
    }
    const before = vault;
    vault = opened;
    apply({ kind: "granted", attempt });
    before?.close();
    await fillSlots(opened);
  }

  async function fillSlots(open: OpenVault): Promise<void> {
    try {
      await roster.makePendingSlots(open);
    } catch (error) {
      // Her own session does not depend on her colleagues' slots.
      input.onProblem("slots", error);
    }
  }

  function expireIdle(): void {
    if (state.kind === "open" && idle.over()) apply({ kind: "lock", reason: "idle" });
  }

  return {
    signIn(clinician, pin) {
      // One at a time: counting wrong PINs has no meaning when they are checked side by side.
      const turn = signingIn.then(() => attemptSignIn(clinician, pin));
      signingIn = turn.catch(() => undefined);
      return turn;
    },
    lock: (reason) => apply({ kind: "lock", reason }),
    async signOut() {
      apply({ kind: "seal", reason: "sign-out" });
      await records.settled();
    },
    activity() {
      // Input that comes after the time is up belongs to whoever walks by.
      expireIdle();
      if (state.kind === "open") idle.input();
    },
    osIdle(seconds) {
      if (state.kind !== "open") return;
      idle.report(seconds);
      expireIdle();
    },
    osEvent(event) {
      if (event === "lock-screen") apply({ kind: "lock", reason: "os-lock" });
      if (event === "suspend" || event === "shutdown") apply({ kind: "seal", reason: "suspend" });
      expireIdle();
    },
    pageLost: () => apply({ kind: "lock", reason: "page-lost" }),
    rosterChanged() {
      if (state.kind === "open") {
        const { clinician } = state;
        const member = roster.members().find((one) => one.entry.clinician === clinician);
        const standing = member === undefined ? "unknown" : slotState(member, clock.now());
        if (standing === "revoked" || standing === "unknown" || standing === "expired")
          apply({ kind: "seal", reason: "policy" });
      }
      if (vault !== null) void fillSlots(vault);
      changed.tell();
    },
    ticket() {
      expireIdle();
      const mine = state;
      if (mine.kind !== "open") throw new Locked(mine.kind);
      if (vault === null) throw new Locked("sealed");
      const held = vault;
      // A later session of the same clinician is another session.
      const valid = (): boolean => state.kind === "open" && state.session === mine.session;
      return { clinician: held.clinician, vault: held, valid };
    },
    state() {
      expireIdle();
      return state.kind;
    },
    view() {
      const now = clock.now();
      const people = roster.members();
      const mine = state.kind === "open" && vault !== null ? vault.clinician : null;
      return {
        state: state.kind,
        clinician: mine && { id: mine.clinician, name: mine.name, roles: mine.roles },
        clinicians: people.map((member) => ({
          id: member.entry.clinician,
          name: member.entry.name,
          roles: member.entry.roles,
          slot: slotState(member, now),
        })),
        lastLock,
        idleLockAt: idle.lockAt()?.toISOString() ?? null,
      };
    },
    onChange: changed.add,
    onLock: locked.add,
    async stop() {
      stopped = true;
      apply({ kind: "seal", reason: "suspend" });
      await signingIn;
      await records.settled();
    },
  };
}

function whyOf(error: unknown): string {
  if (error instanceof Interrupted) return "interrupted";
  return error instanceof NotReady ? error.why : "failed";
}
