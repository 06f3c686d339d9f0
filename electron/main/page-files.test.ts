import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPageFile } from "./page-files.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "amanah-page-"));
  await mkdir(join(folder, "page"));
  await mkdir(join(folder, "page-secrets"));
  await writeFile(join(folder, "page", "index.html"), '<meta nonce="__NONCE__">');
  await writeFile(join(folder, "page", "notes.db"), "not for the page");
  await writeFile(join(folder, "secret.js"), "secret");
  await writeFile(join(folder, "page-secrets", "a.js"), "secret");
});
afterAll(() => rm(folder, { recursive: true }));
const get = (path: string) => readPageFile(join(folder, "page"), path, "abc", "policy-of-abc");

test("The page is served with its nonce and its policy, and no browser keeps it", async () => {
  const file = await get("/");
  expect(file.status).toBe(200);
  expect(file.body).toBe('<meta nonce="abc">');
  expect(file.headers).toMatchObject({
    "content-security-policy": "policy-of-abc",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
});

test.each([
  "/../secret.js",
  "/..%2fsecret.js",
  "/%2e%2e/secret.js",
  "/..\\secret.js",
  "/../page-secrets/a.js",
  "/%00index.html",
  "/%zz",
  "/notes.db",
  "/absent.js",
  "/..",
])("Nothing outside the page's own files is served: %s", async (path) => {
  expect((await get(path)).status).toBe(404);
});
