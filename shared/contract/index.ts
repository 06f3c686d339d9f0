export * from "./contract.ts";
export * from "./parts.ts";
export * from "./people.ts";
export * from "./views.ts";
