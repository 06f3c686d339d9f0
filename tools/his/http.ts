import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { IncomingMessage, ServerResponse } from "node:http";

const gzipped = promisify(gzip);
const MAX_BODY = 16 * 1024 * 1024;

export class BodyTooLarge extends Error {}

/** The whole body as text; throws {@link BodyTooLarge} beyond 16 MiB. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new BodyTooLarge("The body is larger than 16 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Record<string, string>;
  /** Sent without a Date. */
  readonly undated?: boolean;
}

/** Sends an answer, compressed when the client asked for it and it is worth it. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const accepts = /\bgzip\b/u.test(request.headers["accept-encoding"] ?? "");
  const bytes = Buffer.from(answer.body, "utf8");
  const body = accepts && bytes.length > 1024 ? await gzipped(bytes, { level: 1 }) : bytes;
  if (response.destroyed) return;
  if (answer.undated === true) {
    response.sendDate = false;
    response.removeHeader("date");
  }
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.status !== 304 &&
      answer.status !== 204 && { "content-type": answer.type, "content-length": body.length }),
    ...(body !== bytes && { "content-encoding": "gzip" }),
    vary: "accept-encoding",
    "cache-control": "no-store",
  });
  response.end(
    request.method === "HEAD" || answer.status === 304 || answer.status === 204 ? undefined : body,
  );
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, type: "application/json; charset=utf-8", body: JSON.stringify(value), headers };
}
