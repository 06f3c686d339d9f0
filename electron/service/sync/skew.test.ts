import fc from "fast-check";
import { expect, test } from "vitest";
import { measureSkew } from "./skew.ts";
import type { TimeWitness } from "./skew.ts";

const NOON = Date.UTC(2026, 10, 28, 12);

/** An honest answer of a HIS whose clock is `offset` ahead of this PC's, with delays on both ways. */
function witness(offset: number, there: number, back: number, at: number): TimeWitness {
  const received = NOON + at + there + back;
  const written = NOON + at + there + offset;
  return { date: Math.floor(written / 1_000) * 1_000, received, tookMs: there + back };
}

test("nothing is said without an answer", () => {
  expect(measureSkew([])).toBeNull();
});

test.each([0, 90_000, -3_600_000, 400])("a clock that is %i ms off is measured so", (offset) => {
  const answers = [0, 1_300, 2_700, 4_150, 5_900].map((at) => witness(offset, 8, 5, at));
  const skew = measureSkew(answers);
  expect(Math.abs((skew?.offsetMs ?? NaN) - offset)).toBeLessThanOrEqual(skew?.plusMinusMs ?? 0);
  expect(skew?.plusMinusMs).toBeLessThan(510);
});

test("one odd answer, by a cache or a lie, moves nothing", () => {
  const honest = [0, 1_300, 2_700].map((at) => witness(2_000, 8, 5, at));
  const odd = witness(-86_400_000, 8, 5, 3_000);
  expect(measureSkew([...honest, odd])).toEqual(measureSkew(honest));
});

test("a slow answer widens nothing that quicker ones know", () => {
  const quick = [0, 1_300].map((at) => witness(0, 5, 5, at));
  const slow = witness(0, 20_000, 9_000, 2_000);
  expect(measureSkew([...quick, slow])).toEqual(measureSkew(quick));
});

test("where no majority agrees nothing is said", () => {
  expect(measureSkew([witness(0, 5, 5, 0), witness(60_000, 5, 5, 1_000)])).toBeNull();
});

test("honest answers always hold the truth, whatever the delays and however many", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -86_400_000, max: 86_400_000 }),
      fc.array(fc.tuple(fc.nat(30_000), fc.nat(30_000), fc.nat(600_000)), {
        minLength: 1,
        maxLength: 16,
      }),
      (offset, delays) => {
        const skew = measureSkew(
          delays.map(([there, back, at]) => witness(offset, there, back, at)),
        );
        expect(Math.abs((skew?.offsetMs ?? NaN) - offset)).toBeLessThanOrEqual(
          (skew?.plusMinusMs ?? 0) + 1,
        );
      },
    ),
  );
});

test("with fewer odd answers than honest ones something is always said", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 16 }),
      fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 15 }),
      (many, lies) => {
        const honest = Array.from({ length: many }, (_none, at) => witness(0, 5, 5, at * 1_300));
        const odd = lies.slice(0, many - 1).map((lie) => witness(lie, 1, 1, lie));
        expect(measureSkew([...honest, ...odd])).not.toBeNull();
      },
    ),
  );
});
