import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import type { ContractRouterClient } from "@orpc/contract";
import { onError } from "@orpc/server";
import { RPCHandler } from "@orpc/server/message-port";
import { startService } from "../../electron/service/compose.ts";
import type { Contract, StatusView } from "../../shared/contract/index.ts";

export type ServiceClient = ContractRouterClient<Contract>;

/** A workstation without a screen: the whole service, and a client that speaks to it over a real port, as a page does. */
export interface Workstation {
  readonly client: ServiceClient;
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** Starts a service on `folder`; the policy is written there at the first start. */
export async function startWorkstation(
  folder: string,
  policy: () => object,
  log?: (message: string) => void,
): Promise<Workstation> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const policyFile = join(folder, "policy.json");
  // A join code opens once: the policy is written once.
  writeOnce(policyFile, policy);
  const dataDir = join(folder, "ward");
  const service = await startService({
    dataDir,
    policyFile,
    preview: false,
    version: "headless",
    ...(log !== undefined && { log }),
  });
  const { port1, port2 } = new MessageChannel();
  // A page is told only what it may know; here the cause of an unexpected failure is what one wants to see.
  const handler = new RPCHandler(service.router, {
    interceptors: [onError((error) => sayCause(error))],
  });
  handler.upgrade(port2, { context: {} });
  const client = createORPCClient<ServiceClient>(new RPCLink({ port: port1 }));
  return {
    client,
    dataDir,
    async stop() {
      await service.stop();
      port1.close();
    },
  };
}

/** Waits for the status to satisfy `ready`; says what it was at last when it never does. */
export async function statusWhen(
  client: ServiceClient,
  what: string,
  ready: (status: StatusView) => boolean,
): Promise<StatusView> {
  return until(what, () => client.status(), ready);
}

/** Asks again until the answer satisfies `ready`. Throws with the last answer after two minutes of asking. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  ready: (answer: T) => boolean,
): Promise<T> {
  let answer = await ask();
  for (let tries = 0; !ready(answer); tries += 1) {
    if (tries > 1_200)
      throw new Error(
        `${what}: not in two minutes; last: ${JSON.stringify(answer).slice(0, 2_000)}`,
      );
    await sleep(100);
    answer = await ask();
  }
  return answer;
}

/** Signs in as soon as the roster has made her a slot here. */
export async function signIn(
  client: ServiceClient,
  person: { id: string; pin: string },
): Promise<StatusView> {
  await statusWhen(client, `${person.id} may sign in`, ({ session }) =>
    session.clinicians.some(({ id, slot }) => id === person.id && slot === "ready"),
  );
  return client.session.signIn({ clinician: person.id, pin: person.pin });
}

function writeOnce(file: string, content: () => object): void {
  try {
    writeFileSync(file, JSON.stringify(content()), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function sayCause(error: unknown): void {
  if (error instanceof Error && error.cause !== undefined) console.error(error.cause);
}
