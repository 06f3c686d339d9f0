import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import type { JWK } from "jose";
import { z } from "zod";
import { KEY_ROTATION_TYP, KeyRotationRequest } from "../../shared/trust/index.ts";
import type { WorkstationPublicKey } from "../../shared/trust/index.ts";
import { json } from "./http.ts";
import type { Answer } from "./http.ts";

const Body = z.object({ request: z.string().max(16_384) });

export interface RotationOptions {
  readonly site: string;
  /** The keys a workstation may sign in with now. */
  readonly keysOf: (workstation: string) => readonly JWK[];
  readonly addKey: (
    workstation: string,
    key: WorkstationPublicKey,
    kid: string,
    by: string,
  ) => void;
  readonly thumbprintOf: (key: WorkstationPublicKey) => Promise<string>;
}

/** `POST /rotate-key`: a workstation's next key, said with a key that is registered for it. */
export async function takeRotation(body: unknown, options: RotationOptions): Promise<Answer> {
  const refused = json(403, { error: "Not said by a key of this workstation" });
  const parsed = Body.safeParse(body);
  if (!parsed.success) return json(400, { error: "Not a key rotation" });
  const { request } = parsed.data;
  const verification = await verified(request, options).catch(() => null);
  if (verification === null || verification.said.site !== options.site) return refused;
  const { said, by } = verification;
  options.addKey(said.workstation, said.key, await options.thumbprintOf(said.key), by);
  return json(200, { state: "registered" });
}

async function verified(
  jws: string,
  options: RotationOptions,
): Promise<{ said: KeyRotationRequest; by: string } | null> {
  const { typ, kid } = decodeProtectedHeader(jws);
  const { workstation } = KeyRotationRequest.parse(payloadOf(jws));
  const key = options.keysOf(workstation).find((one) => one.kid === kid);
  if (typ !== KEY_ROTATION_TYP || key?.kid === undefined) return null;
  // SECURITY: the algorithm is the registered key's, never the header's (RFC 8725 section 3.1).
  const algorithm = key.kty === "EC" ? "ES384" : "RS384";
  const { payload } = await compactVerify(jws, await importJWK(key, algorithm), {
    algorithms: [algorithm],
  });
  const said = KeyRotationRequest.parse(JSON.parse(new TextDecoder().decode(payload)));
  return { said, by: key.kid };
}

function payloadOf(jws: string): unknown {
  return JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString());
}
