import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";
import { DEFAULT_POLICY, Policy } from "./schema.ts";

export interface PolicyEntry {
  readonly key: string;
  /** As IT wrote it; secrets and keys only as "set". */
  readonly value: string;
  readonly source: "default" | "file";
}

export interface PolicyReading {
  readonly policy: Policy;
  readonly sources: readonly PolicyEntry[];
  /** Which key is wrong and why; null when the file is in force as it stands. */
  readonly problem: string | null;
}

/** No policy is that long; a file that is is a mistake or an attack. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads IT's policy from a JSON file. What is wrong with it is named by key and reason, and then the last good policy
 * stays in force whole (kept at `lastGoodFile`): half a policy is nobody's decision.
 * A missing file is an empty policy on a PC that never had one.
 */
export function readPolicy(file: string, lastGoodFile: string): PolicyReading {
  const read = readOne(file);
  if ("raw" in read) {
    const problem = remember(lastGoodFile, read.raw);
    return { policy: read.policy, sources: sourcesOf(read.policy, read.raw), problem };
  }
  const last = readOne(lastGoodFile);
  const kept = "raw" in last ? last : { policy: DEFAULT_POLICY, raw: {} };
  const never = !("raw" in last) && read.missing;
  const inForce =
    "raw" in last ? "the last good policy stays in force" : "the defaults are in force";
  return {
    policy: kept.policy,
    sources: sourcesOf(kept.policy, kept.raw),
    problem: never ? null : `${read.problem}; ${inForce}`,
  };
}

type Read =
  | { readonly policy: Policy; readonly raw: Record<string, unknown> }
  | { readonly problem: string; readonly missing: boolean };

function readOne(file: string): Read {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    const missing = code === "ENOENT";
    return {
      problem: missing ? "the policy file is missing" : `the policy file cannot be read (${code})`,
      missing,
    };
  }
  if (text.length > MAX_BYTES)
    return { problem: "the policy file is larger than 1 MiB", missing: false };
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    return { problem: `the policy file is not JSON (${why})`, missing: false };
  }
  const result = Policy.safeParse(raw);
  if (!result.success)
    return { problem: result.error.issues.flatMap(explain).join("; "), missing: false };
  const problem = contradiction(result.data);
  if (problem !== null) return { problem, missing: false };
  return { policy: result.data, raw: isRecord(raw) ? raw : {} };
}

function explain(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => `${[...path, key].join(".")}: no such key`);
  return [`${path.join(".") || "policy"}: ${issue.message}`];
}

/** What no single key can show. */
function contradiction({ session }: Policy): string | null {
  return session.warningSeconds < session.idleSeconds
    ? null
    : "session.warningSeconds: must be less than session.idleSeconds";
}

/** Keeps the policy for the day the file is broken. A failure is a problem to show, never one to stop at. */
function remember(lastGoodFile: string, raw: unknown): string | null {
  try {
    const text = JSON.stringify(raw);
    if (currentText(lastGoodFile) === text) return null;
    mkdirSync(dirname(lastGoodFile), { recursive: true, mode: 0o700 });
    writeFileSync(`${lastGoodFile}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${lastGoodFile}.new`, lastGoodFile);
    return null;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "error";
    return `the policy is in force, but could not be kept as the last good one (${code})`;
  }
}

function currentText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** SECURITY: shown on the workstation screen and in diagnostics, so a code or key is only said to be there. */
const HIDDEN = new Set(["join.code", "trust.controlKey", "trust.recoveryKey"]);

function sourcesOf(policy: Policy, raw: Record<string, unknown>): PolicyEntry[] {
  const entries: PolicyEntry[] = [];
  const visit = (value: unknown, written: unknown, path: readonly string[]): void => {
    const key = path.join(".");
    if (isRecord(value) && !HIDDEN.has(key)) {
      for (const [name, inner] of Object.entries(value))
        visit(inner, isRecord(written) ? written[name] : undefined, [...path, name]);
      return;
    }
    const shown = HIDDEN.has(key) && value !== null ? "set" : textOf(value);
    entries.push({ key, value: shown, source: written === undefined ? "default" : "file" });
  };
  visit(policy, raw, []);
  return entries;
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? null);
