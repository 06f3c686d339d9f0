import fc from "fast-check";
import { expect, test } from "vitest";
import { parseInPieces } from "./json-in-pieces.ts";

function said(parse: () => unknown): unknown {
  try {
    return { value: parse() };
  } catch (error) {
    return (error as Error).name;
  }
}

function same(text: string): void {
  const bytes = Buffer.from(text);
  const [ours, theirs] = [
    said(() => parseInPieces(bytes)),
    said(() => JSON.parse(bytes.toString())),
  ];
  expect(ours).toStrictEqual(theirs);
  // Equal is not enough: the order of the members is part of what is kept and compared.
  expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
}

const value = fc.jsonValue({ maxDepth: 3, stringUnit: "binary" });
const entry = fc.dictionary(fc.string({ unit: "grapheme", maxLength: 5 }), value, { maxKeys: 4 });
const bundle = fc.record({
  resourceType: fc.constant("Bundle"),
  entry: fc.oneof(fc.array(entry, { maxLength: 6 }), value),
  link: fc.oneof(fc.array(entry, { maxLength: 3 }), value),
  other: value,
});
const spaced = fc
  .tuple(bundle, fc.constantFrom(undefined, 1, "\t", "\r\n "))
  .map(([one, space]) => JSON.stringify(one, null, space));

test("whatever is JSON is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        spaced,
        value.map((one) => JSON.stringify(one)),
      ),
      same,
    ),
    {
      numRuns: 1_000,
    },
  );
});

test("whatever was cut short or damaged is refused where JSON.parse refuses it", () => {
  const damaged = fc
    .tuple(spaced, fc.nat(), fc.nat(), fc.constantFrom("", ...'{}[]",:0\\ -n'.split("")))
    .map(([text, a, length, instead]) => {
      const at = a % (text.length + 1);
      return text.slice(0, at) + instead + text.slice(at + (length % 3));
    });
  fc.assert(fc.property(damaged, same), { numRuns: 3_000 });
});

test("more entries than any page has are read all the same", () => {
  const entries = Array.from({ length: 10_005 }, (_, n) => `{"a":${n}}`).join(",");
  expect(() => same(`{"entry":[${entries}]}`)).not.toThrow();
});

test.each([
  '{"entry":[{}{}]}',
  '{"entry":[{} {}]}',
  '{"entry":[{},]}',
  '{"entry":[,{}]}',
  '{"entry":[-{}]}',
  '{"entry":[{}1]}',
  '{"entry":[1{}]}',
  '{"entry":[{"a":1}:{}]}',
  '{"entry":[{]]}',
  '{"entry":{{}:1}}',
  '{"entry":[{"a":[}]}',
  '{"entry":[{"a":"\\°"}]}',
  '{"entry":[{"a":"\\\\°\\u00b0"},{"a":"°C ضغط 😀"}]}',
  '{"entry":[{"a":1},{"a":2}],"entry":[{"a":3}]}',
  '{"entry":[{"a":1}],"__proto__":[{"a":2}]}',
  '{"entry":[0,{"a":1}]}',
  '{"entry":["0",{"a":1}]}',
  '{"entry":[null,{"a":1}]}',
  '{"entry":[[0],{"a":1}]}',
  '[{"a":1}]',
  '{"entry":[{"a":"}]{["}]}',
  '{"entry":[{"a":1}]}}',
  '{"entry":[{"a":1}]',
  '  {"entry": [ { "a" : 1 } , { } ] }  ',
  '"entry"',
  "",
])("%s is read as JSON.parse reads it", same);
