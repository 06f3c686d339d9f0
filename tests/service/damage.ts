import { closeSync, existsSync, openSync, readSync, statSync, writeSync } from "node:fs";

/** SQLCipher 4's page, in bytes. */
export const PAGE = 4096;

/** Turns one bit of every `every`th page from the `from`th on, as a failing disk would. */
export function flipPages(file: string, from: number, every: number): void {
  const pages = statSync(file).size / PAGE;
  for (let page = from; page < pages; page += every) flipByte(file, page * PAGE + 99);
}

function flipByte(file: string, offset: number): void {
  if (!existsSync(file)) throw new Error("no such file");
  const handle = openSync(file, "r+");
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, offset);
  byte[0] = (byte[0] ?? 0) ^ 0x40;
  writeSync(handle, byte, 0, 1, offset);
  closeSync(handle);
}
