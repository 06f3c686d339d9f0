import { expect, test } from "vitest";
import page from "../index.html?raw";

const sources = import.meta.glob<string>("../**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});

test("The window is called Amanah, whoever is on screen: no part of the page ever names it otherwise", () => {
  expect(/<title>([^<]*)<\/title>/u.exec(page)?.[1]).toBe("Amanah");
  const naming = Object.entries(sources)
    .filter(([file]) => !file.endsWith(".test.ts"))
    .filter(([, source]) => /document\s*\.\s*title|<title[\s>]|querySelector\("title/u.test(source))
    .map(([file]) => file);
  expect(Object.keys(sources).length).toBeGreaterThan(60);
  expect(naming).toEqual([]);
});
