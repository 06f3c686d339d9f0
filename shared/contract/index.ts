export * from "./contract.ts";
export * from "./guard.ts";
export * from "./medicines.ts";
export * from "./parts.ts";
export * from "./people.ts";
export * from "./status.ts";
export * from "./views.ts";
export * from "./workstation.ts";
