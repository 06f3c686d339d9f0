import { acceptJoin, makeJoinRequest, type DeviceSecrets } from "../vault/index.ts";
import { JoinRefused, type SiteRoom } from "./site-types.ts";

const DEADLINE_MS = 10_000;
const ANSWER_BYTES = 64 * 1024;

/**
 * One exchange with the control desk: this PC's request, and the pepper (and the seed of IT's codes) in the keychain.
 * Null: the policy names nobody to ask, or nothing that speaks for this PC.
 * @throws what the network throws, {@link JoinRefused}, StatementRefused, SealBroken, OtherSite, KeychainError
 */
export async function exchangeJoin(
  room: SiteRoom,
  device: DeviceSecrets,
  signal?: AbortSignal,
): Promise<(DeviceSecrets & { readonly joinedAt: string }) | null> {
  const { policy } = room;
  if (policy.join === null) return null;
  const { url, code, certificate } = policy.join;
  if (code === null && certificate === null) return null;
  const { request, boxPrivateKey } = makeJoinRequest({
    code,
    ...(certificate !== null && { certificate }),
    workstation: policy.workstation,
    device,
    random: room.random,
  });
  try {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const answer = await room.fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(request),
      redirect: "error",
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    const text = await answer.text();
    if (!answer.ok || text.length > ANSWER_BYTES)
      throw new JoinRefused(
        `the control desk answered ${answer.status} to this PC's request to join`,
      );
    return await acceptJoin({
      jws: statementOf(text),
      controlKey: policy.controlKey,
      site: policy.site,
      now: room.now(),
      workstation: policy.workstation,
      boxPrivateKey,
      device,
      keychain: room.keychain,
    });
  } finally {
    boxPrivateKey.fill(0);
  }
}

function statementOf(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null && "statement" in answer) {
      const { statement } = answer;
      if (typeof statement === "string") return statement;
    }
  } catch {
    // Said below: an HTML page of a proxy is no statement either.
  }
  throw new JoinRefused("the control desk's answer is not a join statement");
}
