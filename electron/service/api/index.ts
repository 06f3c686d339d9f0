export { createHints, type Hints } from "./hints.ts";
export type { DecisionInput, DraftInput, DraftKey, Rooms, VitalsInput } from "./rooms.ts";
export { createRouter, type Router } from "./router.ts";
