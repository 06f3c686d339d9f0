import { expect, test } from "vitest";
import { createFormat } from "./format.ts";
import { createText, isolate } from "./text.ts";

const arabic = await createText(createFormat({ language: "ar", digits: "latin" }));
const arabicDigits = await createText(createFormat({ language: "ar", digits: "arabic" }));
const english = await createText(createFormat({ language: "en", digits: "latin" }));

test("Arabic says one, two, a few and many as Arabic does", () => {
  const said = [1, 2, 3, 10, 11, 99, 100].map((count) => arabic.t("ward.beds", { count }));
  expect(said).toEqual([
    "سرير واحد",
    "سريران",
    "3 أسرّة",
    "10 أسرّة",
    "11 سريرًا",
    "99 سريرًا",
    "100 سرير",
  ]);
});

test("English says one bed and two beds", () => {
  expect([1, 2].map((count) => english.t("ward.beds", { count }))).toEqual(["1 bed", "2 beds"]);
});

test("With Arabic-Indic digits both our sentences and the numbers in them are written so", () => {
  expect(arabicDigits.t("ward.beds", { count: 12 })).toBe("١٢ سريرًا");
  expect(arabicDigits.t("news2.respond.zero")).toContain("١٢ ساعة");
  expect(arabicDigits.t("app.latinDigits")).toBe("123");
});

test("A Latin name in an Arabic sentence is isolated, so that it does not pull its neighbours along", () => {
  expect(isolate("Amoxicillin 500 mg", "ar")).toBe("\u2068Amoxicillin 500 mg\u2069");
  expect(isolate("سارة", "ar")).toBe("سارة");
  expect(isolate("سارة", "en")).toBe("\u2068سارة\u2069");
});
