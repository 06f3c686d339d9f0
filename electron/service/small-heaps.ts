import { setFlagsFromString } from "node:v8";

/**
 * Before anything else is loaded: how large the JavaScript heaps of this process and its threads may grow. V8 lets the young
 * generation of each grow to 32 MB and the old one to twice what lives in it; five heaps of a ward PC's service took more by
 * that than all they hold. Imported first of all by whoever starts the service, and a chunk of its own in the bundles, or
 * half of the code is loaded by then.
 *
 * The young generation is small: its thread alone collects it sooner than helpers could be waited for, which give way to
 * whatever else the PC does (give-way.ts).
 *
 * Set while V8 runs: all are read at each collection (V8 13.6, Node 24). Whether Electron
 * leaves these flags open is untested: if not, they change nothing.
 */
for (const flag of [
  "--semi-space-growth-factor=1",
  "--heap-growing-percent=30",
  "--no-parallel-scavenge",
])
  setFlagsFromString(flag);
