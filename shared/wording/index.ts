export { ar } from "./ar.ts";
export { en } from "./en.ts";
export { languages, type Language } from "./wording.ts";
