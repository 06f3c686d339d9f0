import type { z } from "zod";
import type * as contract from "../../shared/contract/index.ts";

/** Types only: zod stays out of the page. */
export type EnrolmentView = contract.EnrolmentView;
export type EnrolmentProblem = NonNullable<EnrolmentView["problem"]>;
export type BadgeView = contract.BadgeView;
export type PinProblem = z.infer<typeof contract.PinProblem>;
