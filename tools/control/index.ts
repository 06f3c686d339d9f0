import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { runControl } from "./control.ts";
import type { ControlIo } from "./room.ts";

/** A question in the terminal. Results go to stdout alone, so everything asked and said goes to stderr. */
async function question(text: string, echo: boolean): Promise<string> {
  process.stderr.write(text);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = process.stdin.isTTY;
  const lines = createInterface({
    input: process.stdin,
    output: echo ? process.stderr : silent,
    terminal,
  });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    if (!echo && terminal) process.stderr.write("\n");
  }
}

const io: ControlIo = {
  now: () => new Date(),
  say: (text) => void process.stderr.write(`${text}\n`),
  out: (text) => void process.stdout.write(`${text}\n`),
  ask: async (text) => (await question(text, true)).trim(),
  secret: (text) => question(text, false),
};

process.exitCode = await runControl(process.argv.slice(2), io);
