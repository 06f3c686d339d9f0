import { readFileSync } from "node:fs";
import type { Policy } from "../policy/index.ts";
import type { SitePolicy } from "./site.ts";

/** A code, or the PC's certificate, speaks for it. A file that cannot be read is IT's to mend, and said in the log. */
export function joinOf(policy: Policy, log: (message: string) => void): SitePolicy["join"] {
  const { url, code, certificateFile, keyFile } = policy.join;
  if (url === null) return null;
  if (certificateFile === null || keyFile === null) return { url, code, certificate: null };
  try {
    const certificate = {
      certificate: readFileSync(certificateFile, "utf8"),
      key: readFileSync(keyFile, "utf8"),
    };
    return { url, code, certificate };
  } catch (error) {
    log(`join: the device certificate cannot be read: ${error instanceof Error ? error.name : ""}`);
    return { url, code, certificate: null };
  }
}
