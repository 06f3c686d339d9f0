// First: see there.
import { jitless } from "./jitless.ts";
import { ResponseValidationPlugin } from "@orpc/contract/plugins";
import { contract } from "../../shared/contract/index.ts";

/**
 * The page's half of the contract: what the service answers is checked against the same schemas before a screen sees it, so
 * that a wrong shape is an error that says so, never a chart with holes. What the page sends is checked by the service.
 */
export function answersChecked(): { readonly plugins: ResponseValidationPlugin<object>[] } {
  if (!jitless) throw new Error("the contract was loaded before zod was told not to compile");
  return { plugins: [new ResponseValidationPlugin(contract)] };
}
