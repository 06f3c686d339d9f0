import { pinProblem } from "../../../shared/trust/pin-rules.ts";
import type { RosterEntry } from "../../../shared/trust/index.ts";
import type { Journal, Remote } from "../store/index.ts";
import {
  makePinChange,
  PinRefused,
  readPinChange,
  verifyPinChange,
  type RosterMember,
} from "../vault/index.ts";
import { PinRejected, type BroughtStatement, type SiteRoom } from "./site-types.ts";

type PinRoom = Pick<SiteRoom, "now" | "random"> & {
  readonly journal: Pick<Remote<Journal>, "pinChanges" | "putPinChange">;
  readonly site: string;
  readonly audited: Pick<SiteRoom["audited"], "pinChanged">;
};

/**
 * Changes her PIN here: the rules first (they cost nothing and count no try), then her current wrap with the old PIN, then
 * the new wrap and its audit entry in one transaction. Before it the old PIN works, after it the new one.
 *
 * Other PCs learn of it through the HIS. SECURITY: until they do, and for as long as an HIS withholds it, the old PIN opens
 * them; who must be shut out at once is revoked by the control key and enrolled anew.
 * @throws PinRefused, PinRejected
 */
export async function changePin(
  room: PinRoom,
  member: RosterMember | undefined,
  pepper: Uint8Array | null,
  input: { readonly pin: string; readonly wanted: string },
): Promise<void> {
  if (member === undefined || pepper === null)
    throw new PinRefused("nobody of this name has a PIN at this PC");
  const { entry, wrapped } = member;
  const { pin, wanted } = input;
  const problem = pinProblem(wanted, { birthday: entry.birthday, old: pin });
  if (problem !== null) throw new PinRejected(problem);
  const { clinician } = entry;
  const { box } = entry.keys;
  const held = (await room.journal.pinChanges()).find(
    (one) => one.clinician === clinician && one.box === box,
  );
  const at = room.now();
  // Two PCs that have not heard of each other's change must not give it one number: so the time is in it, in seconds.
  const number = Math.max((held?.number ?? 0) + 1, Math.floor(at.getTime() / 1_000));
  const { site, random } = room;
  const change = await makePinChange({
    entry,
    wrapped,
    pin,
    wanted,
    pepper,
    site,
    number,
    at,
    random,
  });
  const kept = await room.journal.putPinChange({ ...change, sent: false }, [
    room.audited.pinChanged(clinician, true),
  ]);
  if (!kept) throw new Error("a later change of this PIN is held already");
}

/** Judges a changed PIN that was brought, and keeps it when it is hers, for her keys of now, and later than the one held. */
export async function acceptPinChange(
  room: PinRoom,
  jws: string,
  entries: ReadonlyMap<string, RosterEntry>,
): Promise<BroughtStatement> {
  const claimed = readPinChange(jws, room.site);
  const kind = "pin-change";
  if (claimed === null) return { kind: null, subject: null, verdict: "malformed" };
  const subject = claimed.clinician;
  const entry = entries.get(subject);
  // Of somebody this PC does not know, or of keys she has no more: nothing to judge it by, and nothing to alarm about.
  if (entry === undefined || entry.keys.box !== claimed.box)
    return { kind, subject, verdict: "elsewhere" };
  const change = await verifyPinChange(jws, entry, room.site);
  if (change === null) return { kind: null, subject: null, verdict: "bad-signature" };
  const { box, number } = change;
  // An HIS that has not heard of the latest goes on offering the one before: no alarm, and no way back.
  const kept = await room.journal.putPinChange(
    { clinician: subject, box, number, jws, sent: true },
    [room.audited.pinChanged(subject, false)],
  );
  return { kind, subject, verdict: kept ? "accepted" : "known" };
}
