import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Keychain } from "../vault/index.ts";

/** A keychain in a file: what a fresh process finds after the one before was killed. Each change is whole or not there. */
export function fileKeychain(file: string): Keychain {
  const read = (): Record<string, string> =>
    existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>) : {};
  const write = (entries: Record<string, string>): void => {
    writeFileSync(`${file}.new`, JSON.stringify(entries));
    renameSync(`${file}.new`, file);
  };
  return {
    backend: "file",
    async get(name) {
      const text = read()[name];
      return text === undefined ? null : Uint8Array.from(Buffer.from(text, "base64"));
    },
    async set(name, secret) {
      write({ ...read(), [name]: Buffer.from(secret).toString("base64") });
    },
    async delete(name) {
      const { [name]: gone, ...rest } = read();
      if (gone !== undefined) write(rest);
    },
    async close() {},
  };
}
