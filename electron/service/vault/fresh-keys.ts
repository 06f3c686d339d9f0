import { generateKeyPairSync } from "node:crypto";
import {
  PublicEcJwk,
  type EnrolmentRequest,
  type KdfParameters,
  type WrappedKeys,
} from "../../../shared/trust/index.ts";
import { toBase64Url } from "./bytes.ts";
import { wrapKeys, type WrapInput } from "./pin-wrap.ts";
import { makeX25519 } from "./x25519.ts";

/** RFC 9106's second recommended option: 64 MiB, three passes. The site's, so that every PC can open the wrap. */
export const SITE_KDF: KdfParameters = {
  name: "argon2id",
  memoryKib: 65_536,
  passes: 3,
  lanes: 1,
};

/**
 * A clinician's new keys between her sign-in at the HIS, whose id token is bound to the public halves, and her PIN, under
 * which the private halves are wrapped. They live in memory only.
 */
export interface FreshKeys {
  readonly publicKeys: EnrolmentRequest["keys"];
  wrap(input: WrapInput & { readonly kdf: KdfParameters }): Promise<WrappedKeys>;
}

export function makeFreshKeys(random: (bytes: number) => Uint8Array): FreshKeys {
  const box = makeX25519(random);
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { d = "", ...publicJwk } = pair.privateKey.export({ format: "jwk" });
  const privateKeys = { box: toBase64Url(box.privateKey), sign: d };
  box.privateKey.fill(0);
  return {
    publicKeys: { box: toBase64Url(box.publicKey), sign: PublicEcJwk.parse(publicJwk) },
    wrap: async (input) => await wrapKeys(privateKeys, input),
  };
}
