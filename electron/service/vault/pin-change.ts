import { webcrypto } from "node:crypto";
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK } from "jose";
import {
  PIN_CHANGE_TYP,
  PinChange,
  type PrivateKeys,
  type RosterEntry,
  type WrappedKeys,
} from "../../../shared/trust/index.ts";
import { utf8 } from "./bytes.ts";
import { keysFit, PinRefused, unwrapKeys, wrapKeys } from "./pin-wrap.ts";

/** A changed PIN as the journal holds it. */
export interface HeldPinChange {
  readonly clinician: string;
  /** Public key of the entry it belongs to. */
  readonly box: string;
  readonly number: number;
  readonly jws: string;
}

/** A change of a PIN is at most this long: one wrap and a few names. */
const MAX_BYTES = 8 * 1024;

/** Whether a text is a changed PIN rather than a statement; believes nothing yet. */
export function isPinChange(jws: string): boolean {
  try {
    return decodeProtectedHeader(jws).typ === PIN_CHANGE_TYP;
  } catch {
    return false;
  }
}

/** Signs a new wrap of her keys with those same keys: nobody else, and not the HIS, can say that her PIN changed. */
async function signPinChange(change: PinChange, entry: RosterEntry, keys: PrivateKeys) {
  const { x, y } = entry.keys.sign;
  const signing = await webcrypto.subtle.importKey(
    "jwk",
    { kty: "EC", crv: "P-256", x, y, d: keys.sign },
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["sign"],
  );
  return new CompactSign(utf8(JSON.stringify(PinChange.parse(change))))
    .setProtectedHeader({ alg: "ES256", typ: PIN_CHANGE_TYP, kid: change.clinician })
    .sign(signing);
}

/**
 * Changes her PIN: her current wrap opened with the old one, the same keys wrapped under the new one (fresh salt and
 * nonce, the site's parameters), said under her own signature. Nothing is kept: whoever calls commits the answer.
 * @throws PinRefused when the old PIN is wrong
 */
export async function makePinChange(input: {
  readonly entry: RosterEntry;
  /** Her current wrap. */
  readonly wrapped: WrappedKeys;
  readonly pin: string;
  readonly wanted: string;
  readonly pepper: Uint8Array;
  readonly site: string;
  /** Greater than that of every change held for the same keys. */
  readonly number: number;
  readonly at: Date;
  readonly random?: (bytes: number) => Uint8Array;
}): Promise<HeldPinChange> {
  const { entry, wrapped, pepper, site, number } = input;
  const { clinician } = entry;
  const who = { pepper, site, clinician };
  const keys = await unwrapKeys(wrapped, { ...who, pin: input.pin });
  if (!keysFit(keys, entry.keys)) throw new PinRefused("the wrap holds other keys than her entry");
  const { kdf } = wrapped;
  const anew = await wrapKeys(keys, {
    ...who,
    pin: input.wanted,
    kdf,
    ...(input.random && { random: input.random }),
  });
  const { box } = entry.keys;
  const at = input.at.toISOString();
  const change: PinChange = { v: 1, site, clinician, box, number, at, wrapped: anew };
  return { clinician, box, number, jws: await signPinChange(change, entry, keys) };
}

/** A changed PIN as this site would have written it, without looking at whose it is; null: it is not one. */
export function readPinChange(jws: string, site: string): PinChange | null {
  if (jws.length > MAX_BYTES || !isPinChange(jws)) return null;
  try {
    const [, payload = ""] = jws.split(".");
    const change = PinChange.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString()));
    return change.success && change.data.site === site ? change.data : null;
  } catch {
    return null;
  }
}

/** Whether her own key signed this change of this site's, for the keys her entry names now. Null: it does not hold. */
export async function verifyPinChange(
  jws: string,
  entry: RosterEntry,
  site: string,
): Promise<PinChange | null> {
  if (jws.length > MAX_BYTES) return null;
  try {
    const { kty, crv, x, y } = entry.keys.sign;
    // SECURITY: the algorithm is ours, never the header's (RFC 8725 section 3.1).
    const key = await importJWK({ kty, crv, x, y }, "ES256");
    const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ["ES256"] });
    if (protectedHeader.typ !== PIN_CHANGE_TYP) return null;
    const change = PinChange.parse(JSON.parse(new TextDecoder().decode(payload)));
    const hers = change.clinician === entry.clinician && change.box === entry.keys.box;
    return hers && change.site === site ? change : null;
  } catch {
    return null;
  }
}
