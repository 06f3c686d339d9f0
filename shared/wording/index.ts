export { ar } from "./ar.ts";
export { en } from "./en.ts";
export { languages, type Language, type Wording } from "./wording.ts";
