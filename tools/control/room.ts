import { readFileSync, writeFileSync } from "node:fs";
import { verifyStatement } from "../../electron/service/vault/index.ts";
import type {
  StatementCarrier,
  StatementKind,
  StatementPayload,
} from "../../shared/trust/index.ts";
import { openDesk, type Desk } from "./desk.ts";
import { explain } from "./explain.ts";
import { openIssuedFile, type IssuedFile } from "./issued-file.ts";
import { openKeyFile, type OpenKeyFile } from "./key-file.ts";

/** What a command may do to the world: everything the tests put their own in place of. */
export interface ControlIo {
  readonly now: () => Date;
  /** A line for a person. */
  say(text: string): void;
  /** The result, alone on stdout. */
  out(text: string): void;
  /** Asks in the terminal; the answer is trimmed. */
  ask(question: string): Promise<string>;
  /** Asks without echo. */
  secret(question: string): Promise<string>;
}

/** A mistake in what was typed; said as it is, with exit code 64. */
export class Usage extends Error {
  override readonly name = "Usage";
}
/** The person at the desk said no, or a check did. Nothing was signed. */
export class Declined extends Error {
  override readonly name = "Declined";
}

export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** A command's own view of what was typed. */
export interface Typed {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  required(name: string): string;
  flag(name: string): boolean;
  whole(name: string, otherwise: number): number;
}

export function typed(positionals: readonly string[], values: Values): Typed {
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === "string" ? value : undefined;
  };
  return {
    positionals,
    text,
    required(name) {
      const value = text(name);
      if (value === undefined || value.trim() === "") throw new Usage(`--${name} is needed`);
      return value.trim();
    },
    flag: (name) => values[name] === true,
    whole(name, otherwise) {
      const value = text(name);
      if (value === undefined) return otherwise;
      if (!/^[1-9]\d{0,4}$/u.test(value)) throw new Usage(`--${name} is a number of days`);
      return Number(value);
    },
  };
}

/** The opened desk and its file, for one command. */
export interface Room {
  readonly io: ControlIo;
  readonly typed: Typed;
  readonly secrets: OpenKeyFile;
  readonly desk: Desk;
  readonly issued: IssuedFile;
  /** What this desk has said so far, oldest first, verified again. */
  said(): Promise<readonly StatementPayload[]>;
  /** Shows what would be said and asks; `--yes` answers for a script. @throws {@link Declined} */
  confirm(lines: readonly string[]): Promise<void>;
  /** Signs, keeps, explains, and writes the statement where it was asked for. */
  say(kind: StatementKind, subject: string, body: unknown, days: number): Promise<string>;
}

/** Opens the key file with its passphrase and what was said before. */
export async function openRoom(io: ControlIo, given: Typed): Promise<Room> {
  const file = keyFileOf(given);
  const passphraseFile = given.text("passphrase-file");
  const passphrase =
    passphraseFile === undefined
      ? await io.secret("Passphrase: ")
      : readFileSync(passphraseFile, "utf8").trimEnd();
  const secrets = await openKeyFile(file, passphrase);
  const issued = openIssuedFile(`${file}.issued.jsonl`, io.now);
  const desk = await openDesk({ secrets, nextNumber: issued.nextNumber, now: io.now });
  return {
    io,
    typed: given,
    secrets,
    desk,
    issued,
    said: () =>
      Promise.all(
        issued.statements().map((jws) =>
          verifyStatement(jws, {
            controlKey: desk.controlKey,
            site: secrets.site,
            now: io.now(),
            ignoreExpiry: true,
          }),
        ),
      ),
    async confirm(lines) {
      for (const line of lines) io.say(line);
      if (given.flag("yes")) return;
      const answer = await io.ask('Type "yes" to sign this: ');
      if (answer !== "yes") throw new Declined("Nothing was signed.");
    },
    async say(kind, subject, body, days) {
      const { jws, payload, carrier } = await desk.issue(kind, subject, body, days);
      issued.keep(jws);
      for (const line of explain(payload)) io.say(line);
      give(io, given, jws, [carrier]);
      return jws;
    },
  };
}

export function keyFileOf(given: Typed): string {
  return given.text("key") ?? "control-key.json";
}

/** Writes a statement to `--out` or stdout, and with `--bundle` the Bundle that takes it to the HIS. */
export function give(
  io: ControlIo,
  given: Typed,
  jws: string,
  carriers: readonly StatementCarrier[],
): void {
  const bundle = given.text("bundle");
  if (bundle !== undefined) {
    writeFileSync(bundle, `${JSON.stringify(bundleOf(carriers), null, 2)}\n`);
    io.say(`For the HIS: ${bundle}`);
  }
  const out = given.text("out");
  if (out === undefined) io.out(jws);
  else {
    writeFileSync(out, `${jws}\n`);
    io.say(`Written: ${out}`);
  }
}

/** A FHIR transaction that puts the carriers where workstations look (FHIR R4, http, transaction). */
export function bundleOf(carriers: readonly StatementCarrier[]): object {
  return {
    resourceType: "Bundle",
    type: "transaction",
    entry: carriers.map((resource) => ({
      resource,
      request: { method: "PUT", url: `Basic/${resource.id}` },
    })),
  };
}

/** `--name a,b`: what stands between the commas. */
export function list({ typed: given }: Pick<Room, "typed">, name: string): string[] {
  return given
    .required(name)
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** The one of `options` that was typed. @throws {@link Usage} */
export function oneOf<T extends string>(name: string, options: readonly T[], value: string): T {
  const known = options.find((one) => one === value);
  if (known === undefined) throw new Usage(`--${name} are ${options.join(", ")}`);
  return known;
}

/** `--since` as an instant; null when it was not typed. @throws {@link Usage} */
export function since({ typed: given }: Pick<Room, "typed">): Date | null {
  const text = given.text("since");
  if (text === undefined) return null;
  const at = new Date(text);
  // Without an offset it would mean whatever the laptop's clock is set to.
  if (Number.isNaN(at.getTime()) || !/(?:Z|[+-]\d\d:\d\d)$/u.test(text))
    throw new Usage("--since is an instant, 2026-11-24T09:00+03:00");
  return at;
}
