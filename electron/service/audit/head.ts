import { CompactSign, compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { z } from "zod";
import type { WorkstationKey } from "../vault/index.ts";

/** How far the trail had come, and the hash that all of it leads to. */
export const AuditHead = z.strictObject({
  v: z.literal(1),
  workstation: z.string(),
  seq: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/u),
  at: z.iso.datetime({ offset: true }),
});
export type AuditHead = z.infer<typeof AuditHead>;

/** SECURITY: names what is signed, so that nothing else this key signs (a sign-in at the HIS) can pass for a head. */
const TYPE = "amanah-audit-head+jws";

/** A head as compact JWS, `kid` the key's RFC 7638 thumbprint: the HIS knows this PC's public key by it. */
export async function signHead(
  head: AuditHead,
  key: Pick<WorkstationKey, "algorithm" | "privateKey" | "thumbprint">,
): Promise<string> {
  return await new CompactSign(new TextEncoder().encode(JSON.stringify(AuditHead.parse(head))))
    .setProtectedHeader({ alg: key.algorithm, kid: key.thumbprint, typ: TYPE })
    .sign(key.privateKey);
}

export type PublicKey = Pick<WorkstationKey, "algorithm" | "publicJwk" | "thumbprint">;

/**
 * The head a JWS states. `other-key`: signed with a key that is not among those given (an earlier one of this PC, perhaps):
 * nothing is known of it. `bad`: not a head, or the signature is wrong.
 */
export async function readHead(
  jws: string,
  keys: readonly PublicKey[],
): Promise<{ readonly signature: "good"; readonly head: AuditHead } | "other-key" | "bad"> {
  try {
    const { kid, typ } = decodeProtectedHeader(jws);
    if (typ !== TYPE) return "bad";
    const key = keys.find(({ thumbprint }) => thumbprint === kid);
    if (key === undefined) return "other-key";
    const { algorithm } = key;
    const { kid: _kid, ...jwk } = key.publicJwk;
    const { payload } = await compactVerify(jws, await importJWK(jwk, algorithm), {
      algorithms: [algorithm],
    });
    const head = AuditHead.safeParse(JSON.parse(new TextDecoder().decode(payload)));
    return head.success ? { signature: "good", head: head.data } : "bad";
  } catch {
    return "bad";
  }
}
