import { spawn } from "node:child_process";
import { childProgram } from "./child-program.ts";

/** Runs a piece of `keysWork` in a process of its own, which dies at a step; answers the steps it said. */
export async function dieAt(
  work: string,
  folder: string,
  at: number,
): Promise<{ readonly said: string[]; readonly killed: boolean }> {
  const running = spawn(process.execPath, [childProgram("keys-child"), work, folder, String(at)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  running.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    running.on("close", (...how) => resolve(how)),
  );
  if (code !== 0 && signal !== "SIGKILL") throw new Error(`the child ended with ${code}`);
  return { said: out.trim().split("\n"), killed: signal === "SIGKILL" };
}
