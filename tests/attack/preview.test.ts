import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { implement } from "@orpc/server";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { contract } from "../../shared/contract/index.ts";
import {
  PREVIEW_PROTOCOL,
  PREVIEW_SOCKET,
  CLOSED_BY_LOCK,
  CLOSED_BY_NEWER_PAGE,
} from "../../shared/shell.ts";
import type { Service } from "../../electron/service/service.ts";
import { startPreview, type Preview } from "../../tools/preview/server.ts";

/** The preview's own walls need no service behind them: only that one is asked to lock. */
const pageRoot = mkdtempSync(join(tmpdir(), "amanah-attack-"));
let preview: Preview;
let told: { locks: (() => void)[]; lost: number };

beforeAll(() => writeFileSync(join(pageRoot, "index.html"), '<script nonce="__NONCE__"></script>'));
afterAll(() => rmSync(pageRoot, { recursive: true }));
beforeEach(async () => {
  const mine: typeof told = { locks: [], lost: 0 };
  told = mine;
  const service = {
    router: implement(contract),
    onLock: (listener: () => void) => mine.locks.push(listener),
    pageLost: () => (mine.lost += 1),
  };
  preview = await startPreview({ service: service as unknown as Service, pageRoot, port: 0 });
  return () => preview.close();
});

type Knock = { origin?: string; host?: string; token: string; path?: string };
const here = () => `http://127.0.0.1:${preview.port}`;
const token = (link: string) => new URL(link).hash.slice(1);

/** Opens a socket; gives its first frame, or the close code that ended it. */
function knock({
  origin = here(),
  host = `127.0.0.1:${preview.port}`,
  token: offered,
  path = PREVIEW_SOCKET,
}: Knock) {
  const socket = new WebSocket(
    `ws://127.0.0.1:${preview.port}${path}`,
    [PREVIEW_PROTOCOL, offered],
    {
      origin,
      headers: { host },
    },
  );
  socket.on("error", () => {});
  const first = new Promise<string>((resolve) => {
    socket.once("message", (data: Buffer) => resolve(data.toString()));
    socket.once("close", () => resolve("refused"));
  });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  return { first, closed, socket };
}

test("The page of the printed link is let in, once", async () => {
  const link = token(preview.link);
  expect(await knock({ token: link }).first).toContain("next");
  expect(await knock({ token: link }).first).toBe("refused");
});

test.each([
  ["a website that the nurse has open", { origin: "https://evil.example" }],
  [
    "a website that rebinds its name to this PC",
    { host: "evil.example", origin: "http://evil.example" },
  ],
  ["another program's page on this PC", { origin: "http://127.0.0.1:1" }],
  ["somebody who guesses", { token: "a".repeat(43) }],
  ["somebody at another path", { path: "/" }],
])("%s is not let in, and does not use up the link", async (_who, attack: Partial<Knock>) => {
  const link = token(preview.link);
  expect(await knock({ token: link, ...attack }).first).toBe("refused");
  expect(await knock({ token: link }).first).toContain("next");
});

test("A fresh link makes the one before it worthless", async () => {
  const old = token(preview.link);
  const fresh = token(preview.renewLink());
  expect(await knock({ token: old }).first).toBe("refused");
  expect(await knock({ token: fresh }).first).toContain("next");
});

test("A second page locks the session and turns the first one out", async () => {
  const first = knock({ token: token(preview.link) });
  await first.first;
  const second = knock({ token: token(preview.renewLink()) });
  await second.first;
  expect(told.lost).toBe(1);
  expect(await first.closed).toBe(CLOSED_BY_NEWER_PAGE);
});

test("At a lock the page's socket is closed for that reason, and the token it was given opens the next page", async () => {
  const page = knock({ token: token(preview.link) });
  const { next } = JSON.parse(await page.first) as { next: string };
  for (const lock of told.locks) lock();
  expect(await page.closed).toBe(CLOSED_BY_LOCK);
  expect(await knock({ token: next }).first).toContain("next");
  expect(told.lost).toBe(0);
});

test("A request under a foreign name gets nothing of the page", async () => {
  const status = await new Promise((resolve) => {
    request(
      { port: preview.port, host: "127.0.0.1", headers: { host: "evil.example" } },
      (response) => resolve(response.statusCode),
    ).end();
  });
  expect(status).toBe(403);
});

test("The page's policy lets nothing in but its own files and its own socket, with a new nonce each time", async () => {
  const pages = await Promise.all([fetch(here()), fetch(here())]);
  const policies = pages.map((page) => page.headers.get("content-security-policy") ?? "");
  expect(policies[0]).not.toBe(policies[1]);
  for (const policy of policies) {
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|\*|https?:/u);
  }
  expect(pages[0]?.headers.get("cache-control")).toBe("no-store");
});
