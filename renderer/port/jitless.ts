import { config } from "zod";

/**
 * SECURITY: P5. zod compiles its checks with `new Function` where it may; the page's CSP forbids that, and trying it would
 * be reported as a violation. Imported before the contract, because schemas look when they are made.
 */
export const jitless = config({ jitless: true }).jitless === true;
