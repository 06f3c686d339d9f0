import type * as contract from "../../shared/contract/index.ts";

/** Types only: zod stays out of the page. */
export type KeysView = contract.KeysView;
export type Slot = KeysView["slots"][number];
