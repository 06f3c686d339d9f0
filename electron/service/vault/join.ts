import canonicalize from "canonicalize";
import { Join, JoinRequest, type PublicEcJwk } from "../../../shared/trust/index.ts";
import { binding, fromBase64Url, toBase64Url } from "./bytes.ts";
import { proveDevice, type DeviceCertificate } from "./device-certificate.ts";
import { hpkeOpen, hpkeSeal } from "./sealing.ts";
import { StatementRefused, verifyStatement } from "./statement.ts";
import type { DeviceSecrets, Keychain } from "./types.ts";
import { makeX25519 } from "./x25519.ts";

const INFO = "amanah/v1/join";
const IT_INFO = "amanah/v1/join-it";

type Sealed = Join["pepper"];

async function sealTo(info: string, box: string, workstation: string, secret: Uint8Array) {
  const aad = binding(info, workstation);
  const { enc, sealed } = await hpkeSeal(fromBase64Url(box), info, aad, secret);
  return { enc: toBase64Url(enc), sealed: toBase64Url(sealed) };
}

async function openFrom(info: string, box: Uint8Array, workstation: string, message: Sealed) {
  const secret = await hpkeOpen(box, info, binding(info, workstation), {
    enc: fromBase64Url(message.enc),
    sealed: fromBase64Url(message.sealed),
  });
  if (secret.length !== 32) throw new StatementRefused("malformed");
  return secret;
}

/** The control desk's half of a join: the site pepper, sealed to the key the workstation made for this exchange. */
export async function sealForJoin(input: {
  readonly pepper: Uint8Array;
  /** The request's `box`. */
  readonly box: string;
  readonly workstation: string;
}): Promise<Sealed> {
  return sealTo(INFO, input.box, input.workstation, input.pepper);
}

/** The same for the seed of IT's spoken codes: 32 bytes of this PC's own. */
export async function sealSeedForJoin(input: {
  readonly seed: Uint8Array;
  readonly box: string;
  readonly workstation: string;
}): Promise<Sealed> {
  return sealTo(IT_INFO, input.box, input.workstation, input.seed);
}

/**
 * What to send to the join address, and the private half that only this exchange needs: never store it. The policy's
 * one-time code speaks for a new PC or, with `certificate`, the certificate IT's PKI gave it.
 * @throws what `proveDevice` throws for files that are no certificate and key
 */
export function makeJoinRequest(input: {
  readonly code: string | null;
  readonly certificate?: DeviceCertificate;
  readonly workstation: string;
  readonly device: DeviceSecrets;
  readonly random: (bytes: number) => Uint8Array;
}): { request: JoinRequest; boxPrivateKey: Uint8Array } {
  const { certificate } = input;
  const box = makeX25519(input.random);
  const request = JoinRequest.parse({
    code: input.code,
    workstation: input.workstation,
    key: input.device.workstationKey.publicJwk,
    box: toBase64Url(box.publicKey),
  });
  const device =
    certificate === undefined ? {} : { device: proveDevice(certificate, joinText(request)) };
  return { request: { ...request, ...device }, boxPrivateKey: box.privateKey };
}

/** What a device certificate's key signs of a request: RFC 8785 canonical JSON of all of it but `device`. */
export function joinText(request: JoinRequest): string {
  const { device: _, ...rest } = request;
  return canonicalize(rest) ?? "";
}

/** This PC already belongs to a site with another pepper: every PIN would stop working. Nothing was changed. */
export class OtherSite extends Error {
  override readonly name = "OtherSite";
}

/**
 * Checks the join statement (signed by the pinned control key, for this PC, for the key this PC sent) and keeps the site
 * pepper, and the seed of IT's codes if it brought one, in the keychain. Answers the device's secrets as they are from now
 * on, and when (`joinedAt`) the control key let this PC in.
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
}): Promise<DeviceSecrets & { readonly joinedAt: string }> {
  const { controlKey, site, now, workstation, device, boxPrivateKey, keychain } = input;
  const statement = await verifyStatement(input.jws, { controlKey, site, now, kind: "join" });
  const join = Join.parse(statement.body);
  // SECURITY: an answer made for another PC, or for a key put in ours's place, is not ours.
  if (join.workstation !== workstation || join.thumbprint !== device.workstationKey.thumbprint)
    throw new StatementRefused("wrong-kind");
  const pepper = await openFrom(INFO, boxPrivateKey, workstation, join.pepper);
  const seed =
    join.it === undefined ? null : await openFrom(IT_INFO, boxPrivateKey, workstation, join.it);
  const held = await keychain.get("site-pepper");
  if (held !== null && toBase64Url(held) !== toBase64Url(pepper))
    throw new OtherSite("this PC holds another site's pepper");
  if (seed !== null) await keychain.set("it-seed", seed);
  // The pepper last: with it this PC counts as joined, and a kill before it only means joining again.
  await keychain.set("site-pepper", pepper);
  return { ...device, pepper, itSeed: seed ?? device.itSeed, joinedAt: statement.issuedAt };
}
