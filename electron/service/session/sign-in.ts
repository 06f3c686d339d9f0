import type { Audit } from "../audit/index.ts";
import {
  KeysMismatch,
  PinRefused,
  SealBroken,
  slotState,
  unlock,
  type DeviceSecrets,
  type OpenVault,
  type RosterMember,
} from "../vault/index.ts";
import { NotJoined, NotReady, WrongPin, type NotReadyWhy } from "./errors.ts";
import type { PinCount } from "./pin-count.ts";
import { delayAfter } from "./pin-delay.ts";
import type { RosterTime, SessionClock } from "./types.ts";

/** A clinician whose PIN may be tried now. */
export interface Admitted {
  readonly member: RosterMember;
  /** The vault key by her PIN. @throws WrongPin, NotReady (her slot is damaged) */
  unlock(pin: string): Promise<OpenVault>;
  /** Something else that needs her PIN, counted alike; `work` throws PinRefused for a wrong one. @throws WrongPin */
  guess<T>(work: () => Promise<T>): Promise<T>;
}

/** What stands between the lock screen and the vault key. */
export interface Gatekeeper {
  /**
   * Whether she may try a PIN now. Looks at no PIN. `badge`: whether hers is there, where policy requires it.
   * @throws NotJoined, NotReady, WrongPin (too soon after the last wrong one)
   */
  admit(clinician: string, badge: boolean): Promise<Admitted>;
  /** How she stands on the roster now. */
  standing(clinician: string): NotReadyWhy | "ready";
}

export interface GatekeeperInput {
  readonly device: () => DeviceSecrets;
  readonly pins: PinCount;
  readonly audit: Pick<Audit, "record">;
  readonly site: string;
  readonly workstation: string;
  readonly members: () => readonly RosterMember[];
  readonly when: () => RosterTime;
  readonly clock: SessionClock;
  readonly onProblem: (what: string, error: unknown) => void;
}

type Counted = Awaited<ReturnType<PinCount["of"]>>;

export function createGatekeeper(input: GatekeeperInput): Gatekeeper {
  const { pins, audit, clock } = input;
  const startedAt = clock.monotonic();
  /** Monotonic moments of wrong PINs since this service started. */
  const lastWrong = new Map<string, number>();

  const memberOf = (clinician: string): RosterMember | undefined =>
    input.members().find(({ entry }) => entry.clinician === clinician);

  async function refuse(clinician: string | null, why: string): Promise<void> {
    await audit.record({ kind: "sign-in-refused", clinician, detail: { why } });
  }

  /**
   * Seconds still to wait. The wall clock can be set back by years, which must not close the door for years: so waiting is
   * also over when the monotonic clock has seen enough of it.
   */
  function stillToWait(clinician: string, { count, lastAt }: Counted): number {
    const delay = delayAfter(count);
    if (delay === 0 || lastAt === null) return 0;
    const seen = lastWrong.get(clinician);
    const monotonic = (clock.monotonic() - (seen ?? startedAt)) / 1_000;
    const wall = seen === undefined ? (clock.now().getTime() - lastAt) / 1_000 : 0;
    return Math.max(0, delay - Math.max(monotonic, wall));
  }

  /** A number that stays too high costs her at most a delay; it must not hide what came of the PIN. */
  const beside = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => input.onProblem("pin count", error));

  /** `work` shows nobody what came of the PIN before `kept`. */
  async function guess<T>(
    clinician: string,
    before: Counted,
    work: (kept: Promise<void>) => Promise<T>,
  ): Promise<T> {
    // SECURITY: counted before the KDF runs, so that pulling the plug does not make a guess free.
    const { count, kept } = await pins.count(clinician);
    lastWrong.set(clinician, clock.monotonic());
    try {
      const done = await work(kept);
      await beside(pins.clear(clinician));
      lastWrong.delete(clinician);
      return done;
    } catch (error) {
      if (error instanceof PinRefused) {
        await refuse(clinician, "wrong-pin");
        throw new WrongPin(count, delayAfter(count));
      }
      // Her PIN was right; what it should have opened is damaged.
      if (error instanceof SealBroken || error instanceof KeysMismatch)
        await beside(pins.clear(clinician));
      // Nothing was found out about the PIN: a full disk, or a new PIN that the rules refuse.
      else await beside(pins.takeBack(clinician, before));
      throw error;
    }
  }

  function standing(clinician: string): NotReadyWhy | "ready" {
    const member = memberOf(clinician);
    return member === undefined ? "unknown" : slotState(member, input.when());
  }

  return {
    standing,
    async admit(clinician, badge) {
      const { pepper, deviceKey } = input.device();
      if (pepper === null) throw new NotJoined("this PC has not joined its site");
      const member = memberOf(clinician);
      const why = standing(clinician);
      if (member === undefined || member.slot === null || why !== "ready") {
        // Whoever is not on the roster is not named in the trail: the name is only what a page sent.
        await refuse(member === undefined ? null : clinician, why);
        throw new NotReady(why === "ready" ? "pending" : why);
      }
      if (!badge) {
        await refuse(clinician, "badge");
        throw new NotReady("badge");
      }
      const before = await pins.of(clinician);
      const wait = stillToWait(clinician, before);
      if (wait > 0) {
        await refuse(clinician, "too-soon");
        throw new WrongPin(before.count, Math.ceil(wait));
      }
      const { slot, entry, wrapped } = member;
      const { site, workstation } = input;
      return {
        member,
        guess: (work) =>
          guess(clinician, before, async (kept) => {
            await kept;
            return await work();
          }),
        async unlock(pin) {
          const place = { workstation, deviceKey };
          try {
            // It computes and touches nothing: the keychain is written meanwhile.
            return await guess(clinician, before, (kept) =>
              toldAfter(kept, unlock({ entry, wrapped, pin, pepper, site, slot, place })),
            );
          } catch (error) {
            if (!(error instanceof SealBroken || error instanceof KeysMismatch)) throw error;
            // A colleague's open vault mends it.
            await audit.record({ kind: "damage", clinician, detail: { what: "slot" } });
            throw new NotReady("pending");
          }
        },
      };
    },
  };
}

/** What came of `work`, good or bad, once `kept` has resolved too. */
async function toldAfter<T>(kept: Promise<void>, work: Promise<T>): Promise<T> {
  const [outcome] = await Promise.allSettled([work, kept]);
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}
