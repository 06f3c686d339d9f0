import { deflateRawSync, inflateRawSync } from "node:zlib";
import { KnowledgePack } from "../../../shared/trust/index.ts";
import {
  PackUnusable,
  readPack,
  type Knowledge,
} from "../../../shared/clinical/drug-allergy/index.ts";
import type { HeldStatement, RosterTrust } from "./roster.ts";
import { StatementRefused, verifyStatement } from "./statement.ts";

/** A knowledge pack the control key has signed, as it is held and handed to the thread that reads the chart. */
export interface HeldPack extends KnowledgePack {
  readonly validTo: string;
}

/** A pack is a few hundred kilobytes; what unfolds to more is not one. */
const MOST_BYTES = 4 * 1024 * 1024;
const EPOCH = new Date(0);

/** The body of a `knowledge-pack` statement. @throws {@link PackUnusable} for a Bundle that is no pack */
export function packBody(bundle: unknown, head: { version: string; title: string }): KnowledgePack {
  readPack(bundle, { ...head, validTo: "" });
  const deflated = deflateRawSync(JSON.stringify(bundle), { level: 9 }).toString("base64url");
  return { ...head, deflated };
}

/** Of held statements the pack in use, verified again; null: none was ever accepted. */
export async function readHeldPack(
  statements: readonly HeldStatement[],
  { controlKey, site }: Pick<RosterTrust, "controlKey" | "site">,
): Promise<HeldPack | null> {
  const held = statements.find(({ kind }) => kind === "knowledge-pack");
  if (held === undefined) return null;
  try {
    // Accepted in time; an old pack is still used, and said to be old.
    const kind = "knowledge-pack";
    const said = await verifyStatement(held.jws, {
      controlKey,
      site,
      now: EPOCH,
      kind,
      ignoreExpiry: true,
    });
    return { ...KnowledgePack.parse(said.body), validTo: said.expiresAt };
  } catch (error) {
    if (error instanceof StatementRefused) return null;
    throw error;
  }
}

/** Unfolds and reads a pack; an unusable one is none. */
export function openPack(pack: HeldPack): Knowledge | null {
  try {
    const bytes = inflateRawSync(Buffer.from(pack.deflated, "base64url"), {
      maxOutputLength: MOST_BYTES,
    });
    const bundle: unknown = JSON.parse(bytes.toString("utf8"));
    return readPack(bundle, pack);
  } catch (error) {
    if (error instanceof PackUnusable || error instanceof SyntaxError || isZlib(error)) return null;
    throw error;
  }
}

function isZlib(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    (error.code.startsWith("Z_") || error.code === "ERR_BUFFER_TOO_LARGE")
  );
}
