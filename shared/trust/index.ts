export * from "./act.ts";
export * from "./carrier.ts";
export * from "./statement.ts";
