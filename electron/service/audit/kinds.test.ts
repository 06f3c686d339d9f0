import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AuditKind } from "./events.ts";

/** The service's own sources: neither tests nor what tests share, nor the room that lists the kinds. */
function sources(): string[] {
  const root = join(import.meta.dirname, "..");
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter(
      (name) =>
        name.endsWith(".ts") &&
        !/\.test\.ts$|^testing|test-|-child\.ts$|^audit.(?:events|balp)\.ts$/u.test(name),
    )
    .map((name) => readFileSync(join(root, name), "utf8"))
    .filter((text) => /\bkind\b/u.test(text) && /audit|record\(|note\(/u.test(text));
}

test("every kind that the trail can hold is written somewhere, and nowhere is it only promised", () => {
  const written = sources();
  const never = AuditKind.options.filter(
    (kind) => !written.some((text) => new RegExp(`kind\\b[^;]{0,80}"${kind}"`, "u").test(text)),
  );
  expect(never).toEqual([]);
});
