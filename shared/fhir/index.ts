export * from "./resource.ts";
export * from "./codes.ts";
