import { Join, JoinRequest, type PublicEcJwk } from "../../../shared/trust/index.ts";
import { binding, fromBase64Url, toBase64Url } from "./bytes.ts";
import { hpkeOpen, hpkeSeal } from "./sealing.ts";
import { StatementRefused, verifyStatement } from "./statement.ts";
import type { DeviceSecrets, Keychain } from "./types.ts";
import { makeX25519 } from "./x25519.ts";

const INFO = "amanah/v1/join";

/** The control desk's half of a join: the site pepper, sealed to the key the workstation made for this exchange. */
export async function sealForJoin(input: {
  readonly pepper: Uint8Array;
  /** The request's `box`. */
  readonly box: string;
  readonly workstation: string;
}): Promise<Join["pepper"]> {
  const { enc, sealed } = await hpkeSeal(
    fromBase64Url(input.box),
    INFO,
    binding(INFO, input.workstation),
    input.pepper,
  );
  return { enc: toBase64Url(enc), sealed: toBase64Url(sealed) };
}

/** The workstation's half. @throws SealBroken */
export async function openJoin(input: {
  readonly pepper: Join["pepper"];
  readonly boxPrivateKey: Uint8Array;
  readonly workstation: string;
}): Promise<Uint8Array> {
  return hpkeOpen(input.boxPrivateKey, INFO, binding(INFO, input.workstation), {
    enc: fromBase64Url(input.pepper.enc),
    sealed: fromBase64Url(input.pepper.sealed),
  });
}

/** What to send to the join address, and the private half that only this exchange needs: never store it. */
export function makeJoinRequest(input: {
  readonly code: string;
  readonly workstation: string;
  readonly device: DeviceSecrets;
  readonly random: (bytes: number) => Uint8Array;
}): { request: JoinRequest; boxPrivateKey: Uint8Array } {
  const box = makeX25519(input.random);
  const request = JoinRequest.parse({
    code: input.code,
    workstation: input.workstation,
    key: input.device.workstationKey.publicJwk,
    box: toBase64Url(box.publicKey),
  });
  return { request, boxPrivateKey: box.privateKey };
}

/** This PC already belongs to a site with another pepper: every PIN would stop working. Nothing was changed. */
export class OtherSite extends Error {
  override readonly name = "OtherSite";
}

/**
 * Checks the join statement (signed by the pinned control key, for this PC, for the key this PC sent) and keeps the site
 * pepper in the keychain. Answers the device's secrets as they are from now on.
 * @throws StatementRefused, SealBroken, KeychainError, {@link OtherSite}
 */
export async function acceptJoin(input: {
  readonly jws: string;
  readonly controlKey: PublicEcJwk;
  readonly site: string;
  readonly now: Date;
  readonly workstation: string;
  readonly boxPrivateKey: Uint8Array;
  readonly device: DeviceSecrets;
  readonly keychain: Keychain;
}): Promise<DeviceSecrets> {
  const { controlKey, site, now, workstation, device } = input;
  const statement = await verifyStatement(input.jws, { controlKey, site, now, kind: "join" });
  const join = Join.parse(statement.body);
  // SECURITY: an answer made for another PC, or for a key put in ours's place, is not ours.
  if (join.workstation !== workstation || join.thumbprint !== device.workstationKey.thumbprint)
    throw new StatementRefused("wrong-kind");
  const { boxPrivateKey } = input;
  const pepper = await openJoin({ pepper: join.pepper, boxPrivateKey, workstation });
  if (pepper.length !== 32) throw new StatementRefused("malformed");
  const held = input.keychain.get("site-pepper");
  if (held !== null && toBase64Url(held) !== toBase64Url(pepper))
    throw new OtherSite("this PC holds another site's pepper");
  input.keychain.set("site-pepper", pepper);
  return { ...device, pepper };
}
