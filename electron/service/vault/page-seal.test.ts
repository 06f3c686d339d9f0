import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { binding, utf8 } from "./bytes.ts";
import { createPageOpener, createPageSealer } from "./page-seal.ts";
import { SealBroken } from "./sealing.ts";
import { x25519Public } from "./x25519.ts";

const vault = () => Uint8Array.from(randomBytes(32));
const place = binding("pull", "Observation", "");

test("pages sealed to the vault open with its key, across runs", async () => {
  const key = vault();
  let now = 0;
  const sealer = createPageSealer(x25519Public(key), "info", () => now);
  const opener = createPageOpener(key, "info");
  const pages: Uint8Array[] = [];
  for (let n = 0; n < 6; n += 1) {
    now += 20_000;
    pages.push(await sealer.seal(place, utf8(`page ${n}`)));
  }
  for (const [n, page] of pages.entries()) {
    expect(new TextDecoder().decode(await opener.open(place, page))).toBe(`page ${n}`);
    expect(Buffer.from(page).includes("page")).toBe(false);
  }
  // The encapsulated key changes with every run, so that a run's key opens nothing of another.
  const runs = new Set(pages.map((page) => Buffer.from(page.subarray(1, 33)).toString("hex")));
  expect(runs.size).toBe(3);
});

test("pages sealed at the same time belong to one run and never share a nonce", async () => {
  const key = vault();
  const sealer = createPageSealer(x25519Public(key), "info", () => 0);
  const pages = await Promise.all(
    Array.from({ length: 50 }, async () => await sealer.seal(place, utf8("same"))),
  );
  expect(new Set(pages.map((page) => Buffer.from(page).toString("hex"))).size).toBe(50);
});

test("a page of another vault, moved to another place, changed or cut does not open", async () => {
  const key = vault();
  const page = await createPageSealer(x25519Public(key), "info", () => 0).seal(
    place,
    utf8("a page"),
  );
  const opener = createPageOpener(key, "info");
  const changed = (at: number): Uint8Array => page.map((byte, n) => (n === at ? byte ^ 1 : byte));
  await expect(createPageOpener(vault(), "info").open(place, page)).rejects.toThrow(SealBroken);
  await expect(createPageOpener(key, "other").open(place, page)).rejects.toThrow(SealBroken);
  await expect(opener.open(binding("pull", "Flag", ""), page)).rejects.toThrow(SealBroken);
  for (const at of [0, 1, 33, 40, page.length - 1])
    await expect(opener.open(place, changed(at))).rejects.toThrow(SealBroken);
  for (const length of [0, 1, 33, 40, page.length - 1])
    await expect(opener.open(place, page.slice(0, length))).rejects.toThrow(SealBroken);
});
