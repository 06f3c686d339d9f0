import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { runControl } from "./control.ts";

/** The terminal. Results go to stdout alone, so everything asked, said and echoed goes to stderr. */
function openTerminal() {
  let echo = true;
  const shown = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      if (echo) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({
    input: process.stdin,
    output: shown,
    terminal: process.stdin.isTTY,
  });
  const typed = lines[Symbol.asyncIterator]();
  return {
    /** The next line; at the end of the input nothing, which is no yes. */
    async question(text: string, hidden: boolean): Promise<string> {
      process.stderr.write(text);
      echo = !hidden;
      const { value, done } = await typed.next();
      echo = true;
      if (hidden) process.stderr.write("\n");
      return done === true ? "" : value;
    },
    close: () => lines.close(),
  };
}

// npm starts commands in the project's folder; files are meant where the desk stands.
if (process.env["INIT_CWD"] !== undefined) process.chdir(process.env["INIT_CWD"]);
const terminal = openTerminal();
process.exitCode = await runControl(process.argv.slice(2), {
  now: () => new Date(),
  say: (text) => void process.stderr.write(`${text}\n`),
  out: (text) => void process.stdout.write(`${text}\n`),
  ask: async (text) => (await terminal.question(text, false)).trim(),
  secret: (text) => terminal.question(text, true),
});
terminal.close();
