import { createHmac, timingSafeEqual } from "node:crypto";
import { utf8 } from "./bytes.ts";
import { inGroups, readCrockford, toCrockford } from "./crockford.ts";

/** What a spoken code is asked for. */
export type ItPurpose = "extend" | "unseal";

/** 16 characters of 5 bits: the first 80 bits of the HMAC. */
const CODE_CHARACTERS = 16;
const CODE_BYTES = 10;

interface ItCodeInput {
  /** 32 bytes, this PC's. */
  readonly seed: Uint8Array;
  readonly site: string;
  readonly workstation: string;
  readonly purpose: ItPurpose;
  /** Eight digits, read out by who stands at the PC. */
  readonly challenge: string;
}

function code(input: ItCodeInput): string {
  const { site, workstation, purpose, challenge } = input;
  const mac = createHmac("sha256", input.seed)
    .update(`amanah/v1/it-code|${site}|${workstation}|${purpose}|${challenge}`)
    .digest();
  return toCrockford(mac.subarray(0, CODE_BYTES));
}

/** IT's spoken code for one challenge of one PC and one purpose (`Join.it`), as `XXXX-XXXX-XXXX-XXXX`. */
export function itCode(input: ItCodeInput): string {
  return inGroups(code(input), 4);
}

/** Whether what was typed is that code; takes as long for a near miss as for a far one. */
export function itCodeFits(typed: string, input: ItCodeInput): boolean {
  const given = readCrockford(typed, CODE_CHARACTERS);
  return given !== null && timingSafeEqual(utf8(given), utf8(code(input)));
}

/** A new challenge: eight digits, easy to read out. Uniform: draws that would favour low digits are drawn again. */
export function newChallenge(random: (bytes: number) => Uint8Array): string {
  for (;;) {
    const drawn = Buffer.from(random(4)).readUInt32BE();
    if (drawn < 4_200_000_000) return String(drawn % 100_000_000).padStart(8, "0");
  }
}
