export * from "./contract.ts";
export * from "./parts.ts";
export * from "./views.ts";
