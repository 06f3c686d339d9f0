import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { createHisClient } from "./client.ts";
import type { HisClientOptions } from "./client.ts";
import { HisError } from "./failure.ts";
import type { HisFailure } from "./failure.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
}

export function client(baseUrl: string, options: Partial<HisClientOptions> = {}) {
  let count = 0;
  return createHisClient({
    baseUrl,
    signIn: null,
    fetch,
    now: () => Date.UTC(2026, 0, 1),
    random: () => `jti-${(count += 1)}`,
    ...options,
  });
}

export async function failure(call: Promise<unknown>): Promise<HisFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof HisError) return error.failure;
    throw error;
  }
  throw new Error("it succeeded");
}

export const json = { "content-type": "application/fhir+json" };
export const outcome = (text: string) =>
  JSON.stringify({
    resourceType: "OperationOutcome",
    issue: [{ severity: "error", code: "invalid", details: { text } }],
  });
