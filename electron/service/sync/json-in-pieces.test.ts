import fc from "fast-check";
import { expect, test, vi } from "vitest";
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

/** Of what a careless reader would take for structure, and of what takes more than a byte. */
const tricky = fc.string({
  unit: fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", "°", "ض", "a"),
});
const value = fc.oneof(fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }), tricky);
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

/** The texts that are made of a Bundle of so many entries, by their length. */
function textsOf(entries: number): { readonly page: number; readonly longest: number } {
  const one = `{"valueString":"${"°".repeat(40)}"}`;
  const text = `{"entry":[${Array.from({ length: entries }, () => one).join(",")}]}`;
  const parse = vi.spyOn(JSON, "parse");
  parseInPieces(Buffer.from(text));
  const lengths = parse.mock.calls.map(([made]) => made.length);
  parse.mockRestore();
  same(text);
  return { page: text.length, longest: Math.max(...lengths) };
}

test("of a page no text is made that is nearly as long", () => {
  const { page, longest } = textsOf(500);
  expect(longest).toBeLessThan(page / 10);
});

test("of more entries than any page has nothing is noted down: the page is read as a whole", () => {
  const { page, longest } = textsOf(10_005);
  expect(longest).toBe(page);
});

test.each([
  '{"entry":[{}{}]}',
  '{"entry":[{},{}{}]}',
  '{"entry":[{"a":"\\"}]{[\\\\"},{"b":"\\\\"}]}',
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
