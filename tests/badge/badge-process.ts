import { fork } from "node:child_process";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { FromBadge, type ToBadge } from "../../shared/badge.ts";

type Kind = FromBadge["kind"];
type Of<K extends Kind> = Extract<FromBadge, { kind: K }>;

/** Longer than any deadline in the process; only a test that fails waits so long. */
const PATIENCE_MS = 15_000;

/** The badge process as a shell forks it, and all it has said. */
export function forkBadge() {
  const child = fork(fileURLToPath(new URL("../../electron/badge/index.ts", import.meta.url)));
  const said: FromBadge[] = [];
  let ended = false;
  child.on("message", (data) => said.push(FromBadge.parse(data)));
  const exit = once(child, "exit").then(() => {
    ended = true;
  });
  let read = 0;
  let proofs = 0;

  /** The first message like this, said already or soon; `what` is for the one who reads the failure. */
  async function heard<M extends FromBadge>(
    what: string,
    like: (message: FromBadge, index: number) => message is M,
  ): Promise<M> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const message = said.find(like);
      if (message !== undefined) return message;
      if (performance.now() > end) throw new Error(`no ${what} in ${JSON.stringify(said)}`);
      await sleep(5);
    }
  }

  /** The next message of this kind after the one that was waited for last. */
  async function next<K extends Kind>(kind: K): Promise<Of<K>> {
    const from = read;
    const message = await heard(
      kind,
      (one, index): one is Of<K> => index >= from && one.kind === kind,
    );
    read = said.indexOf(message) + 1;
    return message;
  }

  const post = (message: ToBadge) => void child.send(message);
  return {
    said: said as readonly FromBadge[],
    next,
    /** The card with this UID, told already or soon. */
    cardIn: (uid: string) =>
      heard(uid, (one): one is Of<"card-in"> => one.kind === "card-in" && one.uid === uid),
    post,
    /** Has the card of this presence sign; resolves with the answer to this very request. */
    async prove(presence: number, challenge: Buffer = randomBytes(32)) {
      proofs += 1;
      const id = proofs;
      post({ kind: "prove", id, presence, challenge: challenge.toString("base64") });
      return heard(
        `answer to ${id}`,
        (one): one is Of<"proof" | "no-proof"> => "id" in one && one.id === id,
      );
    },
    /** Resolves when the process has ended by itself. */
    exit,
    /** As if the shell had died. */
    abandon: () => child.disconnect(),
    async stop(): Promise<void> {
      if (!ended) child.kill("SIGKILL");
      await exit;
    },
  };
}
