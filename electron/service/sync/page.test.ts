import { expect, test } from "vitest";
import { NotAPage, parseHistory, parsePage } from "./page.ts";

const AS_OF = "2026-11-23T08:00:00.000Z";
const read = (...entry: unknown[]) =>
  parseHistory(
    Buffer.from(JSON.stringify({ resourceType: "Bundle", type: "history", entry })),
    "Flag",
    AS_OF,
  ).gone;
const gone = (rest: Record<string, unknown>, url = "Flag/f1") => ({
  request: { method: "DELETE", url },
  ...rest,
});

test.each([
  [
    "names type and id",
    gone({ response: { etag: 'W/"3"', lastModified: "2026-11-23T07:00:00Z" } }),
    "2026-11-23T07:00:00Z",
  ],
  [
    "names the version",
    gone({ response: { lastModified: "2026-11-23T07:00:00Z" } }, "Flag/f1/_history/3"),
    "2026-11-23T07:00:00Z",
  ],
  [
    "names all of the address and no time",
    gone({}, "https://his.example/fhir/Flag/f1/_history/3"),
    AS_OF,
  ],
  [
    "was made by a condition",
    gone({ fullUrl: "https://his.example/fhir/Flag/f1", response: { etag: '"3"' } }, "Flag?x=y"),
    AS_OF,
  ],
])("a deletion in a history that %s is understood", (_what, entry, at) => {
  expect(read(entry)).toEqual([{ id: "f1", version: "3", at, exact: at !== AS_OF }]);
});

test("a deletion dated years ahead happened, at the latest, when it was told", () => {
  const ahead = { etag: 'W/"3"', lastModified: "2099-01-01T00:00:00Z" };
  expect(read(gone({ response: ahead }))).toMatchObject([{ at: AS_OF, exact: false }]);
});

test("versions that were written are no deletions", () => {
  expect(
    read({ resource: { resourceType: "Flag" }, request: { method: "PUT", url: "Flag/f1" } }),
  ).toEqual([]);
});

test.each([
  ["of another type", gone({ response: { etag: 'W/"3"' } }, "Patient/f1")],
  ["without version and time", gone({})],
  ["that does not say what was done", { resource: { resourceType: "Flag", id: "f1" } }],
])("a history with an entry %s is refused whole", (_what, entry) => {
  expect(() => read(entry)).toThrow(NotAPage);
});

test.each([
  ["plain", "Omar", [0x4f, 0x6d, 0x61, 0x72]],
  ["accented", "é", [0xc3, 0xa9]],
  ["Arabic", "عمر", [0xd8, 0xb9, 0xd9, 0x85, 0xd8, 0xb1]],
])(
  "a name in %s letters is read as the HIS wrote it, with and without a byte order mark",
  (_what, name, bytes) => {
    const json = (text: readonly number[]) =>
      Uint8Array.of(
        ...Buffer.from(
          '{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Patient","x":"',
        ),
        ...text,
        ...Buffer.from('"}}]}'),
      );
    for (const mark of [[], [0xef, 0xbb, 0xbf]])
      expect(parsePage(Uint8Array.of(...mark, ...json(bytes))).entries[0]?.resource["x"]).toBe(
        name,
      );
  },
);

test("bytes that are no UTF-8 change nothing: no letter of a record is guessed", () => {
  const bytes = Buffer.from('{"resourceType":"Bundle","type":"searchset","x":"e"}');
  bytes[bytes.length - 3] = 0xe9;
  expect(() => parsePage(bytes)).toThrow("not text in UTF-8");
});
