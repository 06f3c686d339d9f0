import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inGroups, readCrockford, toCrockford } from "./crockford.ts";
import { itCode, itCodeFits, newChallenge } from "./it-code.ts";

const seed = new Uint8Array(32).fill(9);
const right = {
  seed,
  site: "north",
  workstation: "pc-1",
  purpose: "extend",
  challenge: "01234567",
} as const;

test("IT's code is the first 80 bits of the HMAC that the statement names, in letters that read aloud", () => {
  const mac = createHmac("sha256", seed)
    .update("amanah/v1/it-code|north|pc-1|extend|01234567")
    .digest();
  const bits = [...mac.subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = bits
    .match(/.{5}/gu)
    ?.map((five) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Number.parseInt(five, 2)]);
  expect(itCode(right).replaceAll("-", "")).toBe(letters?.join(""));
  expect(itCode(right)).toMatch(/^(?:\w{4}-){3}\w{4}$/u);
});

test("a code is good for its own PC, purpose, challenge, site and seed, however it is typed, and for no other", () => {
  const code = itCode(right);
  for (const typed of [code, code.toLowerCase(), code.replaceAll("-", " "), ` ${code} `])
    expect(itCodeFits(typed, right)).toBe(true);
  for (const other of [
    { workstation: "pc-2" },
    { purpose: "unseal" as const },
    { challenge: "01234568" },
    { site: "south" },
    { seed: new Uint8Array(32) },
  ])
    expect(itCodeFits(code, { ...right, ...other })).toBe(false);
  for (const typed of ["", code.slice(1), `${code}0`, "-".repeat(16)])
    expect(itCodeFits(typed, right)).toBe(false);
});

test("whatever bytes are written down are read back the same, with O for 0 and I or L for 1", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (bytes) => {
      const text = toCrockford(bytes);
      expect(text).toHaveLength(16);
      const told = inGroups(text, 4).toLowerCase().replaceAll("0", "o").replaceAll("1", "i");
      expect(readCrockford(told, 16)).toBe(text);
      expect(readCrockford(`${told}u`, 17)).toBeNull();
    }),
  );
});

test("a challenge is eight digits, and draws that would favour low ones are drawn again", () => {
  for (let at = 0; at < 100; at += 1) expect(newChallenge(randomBytes)).toMatch(/^\d{8}$/u);
  const draws = [Buffer.from("ffffffff", "hex"), Buffer.from("00000007", "hex")];
  expect(newChallenge(() => draws.shift() ?? Buffer.alloc(4))).toBe("00000007");
});
