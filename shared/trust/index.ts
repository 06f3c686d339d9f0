export * from "./act.ts";
export * from "./statement.ts";
