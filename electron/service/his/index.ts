export { createHisClient } from "./client.ts";
export type { HisAnswer, HisClient, HisClientOptions } from "./client.ts";
export type { Capabilities, TypeCapabilities } from "./capabilities.ts";
export { failureOf, HisError, isOutage } from "./failure.ts";
export type { HisFailure } from "./failure.ts";
export { outcomeText, plainWords } from "./outcome.ts";
export type { SignIn } from "./sign-in.ts";
