import { oc } from "@orpc/contract";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { implement } from "@orpc/server";
import { RPCHandler } from "@orpc/server/message-port";
import { expect, test } from "vitest";
import { DeadlineExceeded, guardLink, PortClosed } from "./link.ts";

const contract = { ping: oc, slow: oc, hints: oc };
const os = implement(contract);
const forever = () => new Promise<never>(() => {});

function connected(deadlineMs: number) {
  const { port1, port2 } = new MessageChannel();
  const router = os.router({
    ping: os.ping.handler(() => "pong"),
    slow: os.slow.handler(forever),
    hints: os.hints.handler(forever),
  });
  new RPCHandler(router).upgrade(port2);
  port2.start();
  const closed = new AbortController();
  port1.addEventListener("close", () => closed.abort());
  const link = guardLink(new RPCLink({ port: port1 }), {
    closed: closed.signal,
    deadlineMs,
    endless: (path) => path[0] === "hints",
  });
  port1.start();
  const client = createORPCClient<Record<"ping" | "slow" | "hints", () => Promise<unknown>>>(link);
  return { client, end: () => port2.close() };
}
const outcome = (call: Promise<unknown>) =>
  call.then(
    (value) => value,
    (error: unknown) => error,
  );

test("A call is answered over the port", async () => {
  const { client, end } = connected(5000);
  expect(await client.ping()).toBe("pong");
  end();
});

test("A call that is never answered fails at its deadline instead of leaving the screen waiting", async () => {
  const { client, end } = connected(30);
  expect(await outcome(client.slow())).toBeInstanceOf(DeadlineExceeded);
  end();
});

test("When the service dies, calls under way fail, the live stream too, and so does every later call", async () => {
  const { client, end } = connected(60_000);
  const pending = [outcome(client.slow()), outcome(client.hints())];
  await client.ping();
  end();
  for (const result of await Promise.all(pending)) expect(result).toBeInstanceOf(Error);
  expect(await outcome(client.ping())).toBeInstanceOf(PortClosed);
});

test("The live stream has no deadline", async () => {
  const { client, end } = connected(20);
  const hints = outcome(client.hints());
  expect(await outcome(client.slow())).toBeInstanceOf(DeadlineExceeded);
  const first = await Promise.race([
    hints,
    new Promise((resolve) => setTimeout(resolve, 60, "still open")),
  ]);
  expect(first).toBe("still open");
  end();
  await hints;
});
