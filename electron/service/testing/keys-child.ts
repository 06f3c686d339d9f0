/**
 * `keys-child.ts WORK FOLDER STEP`: does one piece of work on a PC's keys and dies by SIGKILL at the given step; says each
 * step it reached. With step -1 it ends by itself.
 */
import { writeSync } from "node:fs";
import { keysWork } from "./keys-work.ts";

const [, , work = "", folder = "", at = "-1"] = process.argv;
let steps = 0;
await keysWork(work, folder, (name) => {
  writeSync(1, `${name}\n`);
  if (steps++ === Number(at)) process.kill(process.pid, "SIGKILL");
});
