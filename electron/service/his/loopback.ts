import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where the browser comes back to, on any port (RFC 8252 section 7.3). IT registers it at the HIS for this app. */
export const REDIRECT_PATH = "/amanah/signed-in";

/** Why nothing came back. */
export class NothingCameBack extends Error {
  override readonly name = "NothingCameBack";
  readonly why: "timeout" | "cancelled";
  constructor(why: "timeout" | "cancelled") {
    super(`no answer of the browser: ${why}`);
    this.why = why;
  }
}

export interface Loopback {
  readonly redirectUri: string;
  /** The one answer with the right state. @throws {@link NothingCameBack} */
  readonly answer: Promise<URLSearchParams>;
  /** Stops listening; an answer that has not come is `cancelled`. */
  close(): void;
}

/**
 * Listens on 127.0.0.1, on a port the OS picks, for the one request that brings the sign-in back; closes at once when it
 * came, or at the deadline. Anything else is refused without a word and changes nothing: other programs on this PC, and
 * pages in its browser, can reach this port too.
 */
export async function listenOnce(options: {
  readonly state: string;
  readonly deadlineMs: number;
}): Promise<Loopback> {
  const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>();
  promise.catch(() => undefined);
  const server = createServer({ requestTimeout: 10_000 });
  let taken = false;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const found = taken ? null : parametersOf(request, options.state, port);
    if (found === null) {
      response.writeHead(404, { connection: "close" }).end();
      return;
    }
    taken = true;
    clearTimeout(deadline);
    server.close();
    response.once("close", () => server.closeAllConnections());
    response.writeHead(200, PAGE_HEADERS).end(PAGE);
    resolve(found);
  });
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", done);
  });
  const { port } = server.address() as AddressInfo;
  const end = (why: "timeout" | "cancelled"): void => {
    clearTimeout(deadline);
    server.close();
    server.closeAllConnections();
    reject(new NothingCameBack(why));
  };
  const deadline = setTimeout(() => end("timeout"), options.deadlineMs);
  deadline.unref();
  return {
    redirectUri: `http://127.0.0.1:${port}${REDIRECT_PATH}`,
    answer: promise,
    close: () => end("cancelled"),
  };
}

function parametersOf(
  { method, url = "", headers }: IncomingMessage,
  state: string,
  port: number,
): URLSearchParams | null {
  // SECURITY: no foreign Host: a name that a web page has pointed at 127.0.0.1 is not this listener (DNS rebinding).
  if (method !== "GET" || headers.host !== `127.0.0.1:${port}` || url.length > 8192) return null;
  const { pathname, searchParams } = new URL(url, `http://127.0.0.1:${port}`);
  if (pathname !== REDIRECT_PATH) return null;
  // A parameter that comes twice can be read in two ways (RFC 6749 section 3.1).
  const names = [...searchParams.keys()];
  if (new Set(names).size !== names.length) return null;
  return sameText(searchParams.get("state") ?? "", state) ? searchParams : null;
}

function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

const STYLE =
  "body{font:1.25rem/1.6 system-ui,sans-serif;max-inline-size:32rem;margin:15vh auto;padding:0 1rem;color:#1c2430;background:#fff}";

/** It says nothing of who signed in: whoever looks at the browser later may read it. */
const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Amanah</title>
<style>${STYLE}</style></head><body>
<p>You may close this page and go back to Amanah.</p>
<p lang="ar" dir="rtl">يمكنك إغلاق هذه الصفحة والعودة إلى أمانة.</p>
</body></html>`;

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  connection: "close",
};
