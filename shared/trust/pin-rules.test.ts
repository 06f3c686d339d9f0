import fc from "fast-check";
import { expect, test } from "vitest";
import { latinDigits, PIN_LEAST, PIN_MOST, pinProblem } from "./pin-rules.ts";

const digits = (least: number, most: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: least, maxLength: most })
    .map((list) => list.join(""));

test.each([
  ["", "too-short"],
  ["48291", "too-short"],
  ["4829150371628", "too-long"],
  ["48291a", "not-digits"],
  ["48 915", "not-digits"],
  ["４８２９１５", null],
  ["111111", "run"],
  ["123456", "run"],
  ["654321", "run"],
  ["890123", "run"],
  ["135791", "run"],
  ["121212", "run"],
  ["123123", "run"],
  ["12312312", "run"],
  ["112233", "run"],
  ["777888", "run"],
  ["19840317", "birthday"],
  ["17031984", "birthday"],
  ["03171984", "birthday"],
  ["19841703", "birthday"],
  ["30022001", null],
  ["482915", null],
  ["170384", null],
])("the PIN %j is judged %j", (pin, problem) => {
  expect(pinProblem(pin)).toBe(problem);
});

test("her own birthday is refused in every order and with any year, and a colleague's is not hers", () => {
  const year = fc.constantFrom("84", "07", "1984", "2001");
  const order = fc.constantFrom("DMY", "MDY", "YMD", "YDM");
  fc.assert(
    fc.property(
      fc.date({ min: new Date("1950-01-01"), max: new Date("2005-12-31"), noInvalidDate: true }),
      year,
      order,
      (date, y, way) => {
        const birthday = date.toISOString().slice(5, 10);
        const [month = "", day = ""] = birthday.split("-");
        const pin =
          {
            DMY: day + month + y,
            MDY: month + day + y,
            YMD: y + month + day,
            YDM: y + day + month,
          }[way] ?? "";
        expect(["birthday", "run"]).toContain(pinProblem(pin, { birthday }));
      },
    ),
  );
  expect(pinProblem("170384", { birthday: "03-17" })).toBe("birthday");
  expect(pinProblem("170384", { birthday: "11-29" })).toBeNull();
});

test("whatever a keyboard's digits look like, it is the same PIN with the same answer", () => {
  fc.assert(
    fc.property(digits(0, 14), fc.constantFrom(0x0660, 0x06f0, 0xff10), (pin, zero) => {
      const other = Array.from(pin, (digit) => String.fromCharCode(zero + Number(digit))).join("");
      expect(latinDigits(other)).toBe(pin);
      expect(pinProblem(other)).toBe(pinProblem(pin));
      // Her old PIN in another script is still her old PIN.
      expect(pinProblem(pin, { old: other })).not.toBeNull();
    }),
  );
});

test("no run and no repeat of any length passes, and few others are refused", () => {
  fc.assert(
    fc.property(
      digits(1, 3),
      fc.integer({ min: PIN_LEAST, max: PIN_MOST }),
      fc.integer({ min: 0, max: 9 }),
      (start, length, step) => {
        expect(pinProblem(start.repeat(length).slice(0, length))).toBe("run");
        const first = Number(start[0]);
        const walk = Array.from({ length }, (_, at) => (first + at * step) % 10).join("");
        expect(pinProblem(walk)).toBe("run");
      },
    ),
  );
  let refused = 0;
  for (let pin = 0; pin < 1_000_000; pin += 1)
    if (pinProblem(String(pin).padStart(6, "0"), { birthday: "03-17" }) !== null) refused += 1;
  expect(refused).toBeLessThan(2_000);
});
