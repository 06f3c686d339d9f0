import { noCardReader, startCardReader, type CardReader } from "../badge/pcscd.ts";
import { test } from "./ward.ts";

/**
 * A real PC/SC daemon with a virtual reader for the tests of one file, which run one after the other. There is one on a
 * machine: who finds it in use waits. Where none can be had the file is skipped, with the reason.
 */
export function withCardReader(): () => CardReader {
  let reader: CardReader | null = null;
  const missing = noCardReader();
  test.describe.configure({ mode: "default" });
  test.skip(missing !== null, missing ?? "");
  test.beforeAll(async () => {
    reader = await startCardReader();
  });
  test.beforeEach(() => reader?.restart());
  test.afterAll(() => reader?.stop());
  return () => {
    if (reader === null) throw new Error("No card reader was started.");
    return reader;
  };
}
