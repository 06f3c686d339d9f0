import type { FromBadge } from "../../../shared/badge.ts";
import type { Hospital } from "../testing/index.ts";
import { badgeOf, proofOf, workstation, type PcWishes } from "./test-pc.ts";

export const HUDA = "0102030405";
export const SARA = "0a0b0c0d0e";
export const CERTIFICATE = "aHVkYQ==";
export const READER = "Desk reader 00 00";

/** A ward PC with a reader; huda's badge can prove itself, sara's only names. */
export async function ward(
  hospital: Hospital,
  badge: "optional" | "required" = "optional",
  wishes: PcWishes = {},
) {
  const pc = await workstation(hospital, {
    huda: badgeOf(HUDA, CERTIFICATE),
    sara: badgeOf(SARA),
    ...wishes,
    session: { badge, ...wishes.session },
  });
  const session = pc.start();
  let presence = 0;
  const say = (message: FromBadge): void => session.badge(message);
  say({ kind: "watch", state: "watching", readers: [READER] });
  return {
    pc,
    session,
    say,
    put(uid: string | null, piv = false, reader = READER): number {
      presence += 1;
      say({ kind: "card-in", reader, presence, uid, piv });
      return presence;
    },
    take(one: number, why: Extract<FromBadge, { kind: "card-out" }>["why"] = "removed"): void {
      say({ kind: "card-out", reader: READER, presence: one, why, at: 0 });
    },
    /** The card that was asked last answers, rightly unless the test says otherwise. */
    prove(change: Partial<Extract<FromBadge, { kind: "proof" }>> = {}): void {
      const question = pc.asked.at(-1);
      if (question?.kind !== "prove") throw new Error("nobody asked");
      const { id, challenge } = question;
      const signature = proofOf(CERTIFICATE, challenge);
      const certificate = CERTIFICATE;
      const proof = { id, presence: question.presence, certificate, signature };
      say({ kind: "proof", algorithm: "ES256", ...proof, ...change });
    },
  };
}

/** Lets what was answered arrive. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
