import { fileCases } from "./files.ts";
import { joinCases, sealCases, slotCases } from "./keys.ts";
import { codeCases, inventedOrderCases } from "./orders-invented.ts";
import { orderCases } from "./orders.ts";
import { statementCases } from "./statements.ts";
import { makeWorld, type AttackCase } from "./world.ts";

/**
 * Attacks on what stands before the record: keys, statements, orders, changed PINs, slots, join, sealed pages, act signatures and files at rest.
 * What is done to the record itself is in `clinical/`.
 */
export const cases: readonly AttackCase[] = [
  ...statementCases,
  ...orderCases,
  ...inventedOrderCases,
  ...codeCases,
  ...slotCases,
  ...sealCases,
  ...joinCases,
  ...fileCases,
];

/** Runs one case in a world of its own and answers whether what was tried took effect. */
export async function tookEffect(one: AttackCase): Promise<boolean> {
  return one.run(await makeWorld());
}
