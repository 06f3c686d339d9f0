import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findPlainText } from "./plain-text.ts";

const folder = mkdtempSync(join(tmpdir(), "amanah-plain-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("A name left in a deep file is found, in Latin and in Arabic letters and in the encoding Windows uses", () => {
  mkdirSync(join(folder, "deep"));
  writeFileSync(
    join(folder, "deep", "chart.db-wal"),
    Buffer.concat([Buffer.alloc(5_000, 7), Buffer.from("MRN-778812")]),
  );
  writeFileSync(join(folder, "a.tmp"), Buffer.from("xالحربيx", "utf8"));
  writeFileSync(join(folder, "b.tmp"), Buffer.from("Fatimah", "utf16le"));
  const found = findPlainText([folder], ["MRN-778812", "الحربي", "Fatimah", "Absent", "abc"]);
  expect(found.map(({ canary }) => canary).toSorted()).toEqual(
    ["Fatimah", "MRN-778812", "الحربي"].toSorted(),
  );
});
