/** The demo hospital's knowledge pack. */
export { DEMO_PACK, demoPack } from "./bundle.ts";
