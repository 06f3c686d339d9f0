import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { createHisClient } from "./client.ts";
import { createTrustedFetch } from "./tls.ts";

test("a websocket is opened with the token at the HIS itself and nowhere else, whatever address it names", async () => {
  const opened: { url: string; headers: object }[] = [];
  const his = createHisClient({
    baseUrl: "https://his.example/fhir",
    signIn: null,
    fetch,
    now: () => 0,
    random: () => "jti",
    socket: (url, headers) => {
      opened.push({ url: url.href, headers });
      return { send: () => undefined, close: () => undefined };
    },
  });
  const ears = { opened: () => undefined, heard: () => undefined, closed: () => undefined };
  for (const away of [
    "wss://elsewhere.example/ws",
    "ws://his.example/ws",
    "wss://his.example:8443/ws",
    "wss://me@his.example/ws",
    "https://his.example/ws",
    "no address",
  ])
    await expect(his.listen?.(away, ears)).rejects.toMatchObject({
      failure: { kind: "not-fhir" },
    });
  expect(opened).toEqual([]);
  await his.listen?.("wss://his.example/ws", ears);
  expect(opened).toEqual([{ url: "wss://his.example/ws", headers: {} }]);
});

test("lines go both ways; what is longer than a nudge can be ends the line, and its end is told once", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  const sockets = new WebSocketServer({ server, path: "/ws" });
  const heard: string[] = [];
  sockets.on("connection", (socket) => {
    socket.on("message", (bytes: Buffer) => {
      heard.push(bytes.toString());
      socket.send("ping pc-1");
      socket.send("x".repeat(10_000));
    });
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const trusted = createTrustedFetch(null);
  const said: string[] = [];
  let closed = 0;
  const over = Promise.withResolvers<undefined>();
  const line = trusted.socket(
    new URL(`ws://127.0.0.1:${port}/ws`),
    {},
    {
      opened: () => line.send("bind pc-1"),
      heard: (text) => said.push(text),
      closed: () => {
        closed += 1;
        over.resolve(undefined);
      },
    },
  );
  await over.promise;
  expect([heard, said, closed]).toEqual([["bind pc-1"], ["ping pc-1"], 1]);
  await trusted.close();
  sockets.close();
  server.close();
});
