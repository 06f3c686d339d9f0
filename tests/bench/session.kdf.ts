import { createRequire } from "node:module";

/**
 * Loaded before the shell under measurement: how long each Argon2id of its process took, in milliseconds, as whoever waited for
 * it had it. On a busy PC that is several times what it takes on an idle one.
 */
const argon2 = createRequire(import.meta.url)("@node-rs/argon2") as {
  hashRaw: (...given: unknown[]) => Promise<Buffer>;
};
const { hashRaw } = argon2;
const took: number[] = [];
argon2.hashRaw = async (...given) => {
  const from = performance.now();
  try {
    return await hashRaw(...given);
  } finally {
    took.push(performance.now() - from);
  }
};
Object.assign(globalThis, { benchKdfs: took });
