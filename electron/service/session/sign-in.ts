import type { Audit } from "../audit/index.ts";
import type { Journal, Remote } from "../store/types.ts";
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
import { NotJoined, NotReady, WrongPin } from "./errors.ts";
import { delayAfter } from "./pin-delay.ts";
import type { SessionClock } from "./types.ts";

/** A clinician this PC may unlock for now, with what is needed to do it. */
interface Admitted {
  readonly member: RosterMember;
  unlock(): Promise<OpenVault>;
}

/** What stands between the lock screen and the vault key. */
export interface Gatekeeper {
  /**
   * Whether she may try a PIN now. Looks at no PIN.
   * @throws NotJoined, NotReady, WrongPin (too soon after the last wrong one)
   */
  admit(clinician: string, pin: string): Promise<Admitted>;
}

export interface GatekeeperInput {
  readonly device: () => DeviceSecrets;
  readonly journal: Pick<Remote<Journal>, "pinFailures" | "countPinFailure" | "clearPinFailures">;
  readonly audit: Pick<Audit, "record">;
  readonly site: string;
  readonly workstation: string;
  readonly members: () => readonly RosterMember[];
  readonly clock: SessionClock;
}

export function createGatekeeper(input: GatekeeperInput): Gatekeeper {
  const { journal, audit, clock } = input;
  const startedAt = clock.monotonic();
  /** Monotonic moments of wrong PINs since this service started. */
  const lastWrong = new Map<string, number>();

  async function refuse(clinician: string | null, why: string): Promise<void> {
    await audit.record({ kind: "sign-in-refused", clinician, detail: { why } });
  }

  /**
   * Seconds still to wait. The wall clock can be set back by years, which must not close the door for years: so waiting is
   * also over when the monotonic clock has seen enough of it.
   */
  async function stillToWait(clinician: string): Promise<{ count: number; seconds: number }> {
    const { count, lastAt } = await journal.pinFailures(clinician);
    const delay = delayAfter(count);
    if (delay === 0 || lastAt === null) return { count, seconds: 0 };
    const seen = lastWrong.get(clinician);
    const monotonic = (clock.monotonic() - (seen ?? startedAt)) / 1_000;
    const wall = seen === undefined ? (clock.now().getTime() - lastAt) / 1_000 : 0;
    return { count, seconds: Math.max(0, delay - Math.max(monotonic, wall)) };
  }

  return {
    async admit(clinician, pin) {
      const { pepper, deviceKey } = input.device();
      if (pepper === null) throw new NotJoined("this PC has not joined its site");
      const member = input.members().find((one) => one.entry.clinician === clinician);
      const why = member === undefined ? "unknown" : slotState(member, clock.now());
      if (member === undefined || member.slot === null || why !== "ready") {
        // Whoever is not on the roster is not named in the trail: the name is only what a page sent.
        await refuse(member === undefined ? null : clinician, why);
        throw new NotReady(why === "ready" ? "pending" : why);
      }
      const wait = await stillToWait(clinician);
      if (wait.seconds > 0) {
        await refuse(clinician, "too-soon");
        throw new WrongPin(wait.count, Math.ceil(wait.seconds));
      }
      const { slot } = member;
      const { site, workstation } = input;
      return {
        member,
        async unlock() {
          // SECURITY: counted before the KDF runs, so that pulling the plug does not make a guess free.
          const { count } = await journal.countPinFailure(clinician, clock.now().getTime());
          lastWrong.set(clinician, clock.monotonic());
          const place = { workstation, deviceKey };
          try {
            const vault = await unlock({ entry: member.entry, pin, pepper, site, slot, place });
            await journal.clearPinFailures(clinician);
            lastWrong.delete(clinician);
            return vault;
          } catch (error) {
            if (error instanceof PinRefused) {
              await refuse(clinician, "wrong-pin");
              throw new WrongPin(count, delayAfter(count));
            }
            if (error instanceof SealBroken || error instanceof KeysMismatch) {
              // Her PIN was right; what it should have opened is damaged, and a colleague's open vault mends it.
              await audit.record({ kind: "damage", clinician, detail: { what: "slot" } });
              throw new NotReady("pending");
            }
            throw error;
          }
        },
      };
    },
  };
}
