import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const digest = (token: string): Buffer => createHash("sha256").update(token).digest();

/**
 * Single-use tokens of the preview's pages. Two can be open at a time: the one in the printed link, and the one the last
 * page was given for the document after it (reload, or a page replaced at lock). Only digests are kept.
 */
export function createTokens() {
  const open = new Map<"link" | "next", Buffer>();
  return {
    issue(kind: "link" | "next"): string {
      const token = randomBytes(32).toString("base64url");
      open.set(kind, digest(token));
      return token;
    },
    /** True once for an issued token. */
    use(token: string): boolean {
      const offered = digest(token);
      for (const [kind, kept] of open) {
        if (timingSafeEqual(kept, offered)) {
          open.delete(kind);
          return true;
        }
      }
      return false;
    },
  };
}
