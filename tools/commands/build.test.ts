import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ASSETS = join("out", "page", "assets");

test("the page that is built is React's production form, whoever had it built", () => {
  const scripts = readdirSync(ASSETS).filter((name) => name.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(0);
  expect(
    scripts.filter((name) => readFileSync(join(ASSETS, name), "utf8").includes("jsxDEV")),
  ).toEqual([]);
});

test("what every page loads asks to be compiled as it loads, in its first line", () => {
  const page = readFileSync(join("out", "page", "index.html"), "utf8");
  const [, entry = ""] = /<script[^>]* src="\.\/([^"]+)"/u.exec(page) ?? [];
  const [first] = readFileSync(join("out", "page", entry), "utf8").split("\n");
  expect(first).toBe("//# allFunctionsCalledOnLoad");
});
