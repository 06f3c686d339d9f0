import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { z } from "zod";
import { StatementKind } from "../../shared/trust/index.ts";

const Line = z.union([
  z.object({ kind: StatementKind, subject: z.string(), number: z.int(), at: z.string() }),
  /** Written once the statement was signed. */
  z.object({ jws: z.string() }),
]);

/**
 * What the desk has said, one JSON object a line, only ever added to: the numbers, and the statements themselves. It is no
 * secret, and its loss is no disaster: numbers begin again at the time in seconds, which is higher than all before.
 */
export interface IssuedFile {
  nextNumber(kind: StatementKind, subject: string): number;
  keep(jws: string): void;
  /** Every statement kept, oldest first. */
  statements(): readonly string[];
}

export function openIssuedFile(file: string, now: () => Date): IssuedFile {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = readLines(text);
  // What a crash tore off must not run into the next line.
  let whole = text === "" || text.endsWith("\n");
  const highest = new Map<string, number>();
  const statements: string[] = [];
  for (const line of lines)
    if ("jws" in line) statements.push(line.jws);
    else highest.set(nameOf(line.kind, line.subject), line.number);

  function add(line: object): void {
    const opened = openSync(file, "a", 0o600);
    try {
      writeSync(opened, `${whole ? "" : "\n"}${JSON.stringify(line)}\n`);
      fsyncSync(opened);
      whole = true;
    } finally {
      closeSync(opened);
    }
  }

  return {
    nextNumber(kind, subject) {
      const name = nameOf(kind, subject);
      const at = now();
      const number = Math.max((highest.get(name) ?? 0) + 1, Math.floor(at.getTime() / 1_000));
      // On disk before it is used: a number is never said twice, whatever happens in between.
      add({ kind, subject, number, at: at.toISOString() });
      highest.set(name, number);
      return number;
    },
    keep(jws) {
      add({ jws });
      statements.push(jws);
    },
    statements: () => statements,
  };
}

/** A line torn by a crash is the last one, and said nothing yet. */
function readLines(text: string): z.infer<typeof Line>[] {
  return text.split("\n").flatMap((line) => {
    try {
      const read = Line.safeParse(JSON.parse(line));
      return read.success ? [read.data] : [];
    } catch {
      return [];
    }
  });
}

function nameOf(kind: string, subject: string): string {
  return JSON.stringify([kind, subject]);
}
