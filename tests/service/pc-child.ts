import { startWorkstation } from "../../tools/smoke/workstation.ts";
import { followThreads } from "../faults/die-at-commit.ts";

/**
 * A ward PC in a process of its own, forked by pc-process.ts with its folder and policy: does the calls it is sent, and can
 * be killed.
 */
interface Call {
  readonly id: number;
  readonly path: readonly string[];
  readonly input: unknown;
}

followThreads();
const [folder = "", policy = "{}"] = process.argv.slice(2);
const { client, stop } = await startWorkstation(folder, () => JSON.parse(policy) as object);

async function call({ path, input }: Call): Promise<unknown> {
  if (path[0] === "stop") return stop();
  let at: unknown = client;
  for (const name of path) at = Reflect.get(at as object, name);
  return (at as (input: unknown) => Promise<unknown>)(input);
}

process.on("message", (message: Call) => {
  call(message)
    .then((answer) => process.send?.({ id: message.id, answer }))
    .catch((error: unknown) => {
      const { code, data } = error as { code?: unknown; data?: unknown };
      process.send?.({ id: message.id, error: { message: String(error), code, data } });
    });
});
process.on("disconnect", () => process.exit(0));
process.send?.({ ready: true });
