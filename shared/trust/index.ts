export * from "./roles.ts";
export * from "./fact-signature.ts";
export * from "./act.ts";
export * from "./carrier.ts";
export * from "./statement.ts";
