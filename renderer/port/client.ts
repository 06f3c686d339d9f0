import { createORPCClient } from "@orpc/client";
import type { ClientContext, ClientLink } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import type { Contract } from "../../shared/contract/index.ts";
import { guardLink } from "./link.ts";

/** The contract, as the page calls it. */
export type ServiceClient = ContractRouterClient<Contract>;

/** No answer of the local service takes this long; the page says so instead of waiting. */
const DEADLINE_MS = 20_000;

/** A client whose every call settles: answered, failed, late, or closed with its port. */
export function createServiceClient(
  link: ClientLink<ClientContext>,
  closed: AbortSignal,
  deadlineMs: number = DEADLINE_MS,
): ServiceClient {
  return createORPCClient<ServiceClient>(
    guardLink(link, { closed, deadlineMs, endless: (path) => path[0] === "hints" }),
  );
}
