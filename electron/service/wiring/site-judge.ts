import { decodeJwt } from "jose";
import {
  isPinChange,
  judgeStatement,
  type HeldStatement,
  type RosterTrust,
  type When,
} from "../vault/index.ts";
import type { BroughtStatement, SiteRoom } from "./site-types.ts";

/** A compact JWS wherever it stands in a text: its header is a JSON object, so it begins with `ey`. */
const JWS = /\bey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/gu;
/** No stick brings more; what comes after is left. */
const MOST = 2_000;
/** An HIS that invents statements fills the trail no further than this in one run; they are all counted. */
const MOST_REFUSALS_WRITTEN = 500;

/** The JWSs in a text: one a line, in JSON, in a FHIR Bundle, in a mail. */
export function statementsIn(text: string): string[] {
  return [...new Set(text.match(JWS) ?? [])].slice(0, MOST);
}

/** Changed PINs are judged by the roster, so they come after the statements they were brought with. */
export function apart(jws: readonly string[]): { statements: string[]; pinChanges: string[] } {
  const pinChanges = jws.filter(isPinChange);
  return { statements: jws.filter((one) => !pinChanges.includes(one)), pinChanges };
}

/** Judges statements one by one and keeps the new ones; remembers what was refused. */
export interface Judge {
  judge(jws: readonly string[], when: When): Promise<BroughtStatement[]>;
  /** Notes a refusal found elsewhere; the same text alarms once. */
  refuse(jws: string, reason: string): Promise<void>;
  refused(): { reason: string; count: number }[];
}

export function createJudge(
  room: Pick<SiteRoom, "journal" | "audited">,
  trust: RosterTrust & { readonly workstation: string },
): Judge {
  const { journal, audited } = room;
  /** The HIS offers a bad statement at every poll; one alarm a start is enough. */
  const before = new Set<string>();
  const counts = new Map<string, number>();

  async function refuse(jws: string, reason: string): Promise<void> {
    if (before.has(jws)) return;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    if (before.size >= MOST_REFUSALS_WRITTEN) return;
    before.add(jws);
    await journal.appendAudit([audited.statementRefused(reason)]);
  }

  async function one(
    jws: string,
    held: Map<string, HeldStatement>,
    when: When,
  ): Promise<BroughtStatement> {
    // The one it could repeat or replace, by what it says it is: of two thousand held only that one has to be looked at.
    const same = held.get(claimedName(jws));
    const judged = await judgeStatement(jws, same === undefined ? [] : [same], trust, when);
    const { kind, subject } = judged.verdict === "new" ? judged.row : (judged.claim ?? NOTHING);
    if (judged.verdict === "refused") {
      await refuse(jws, judged.reason);
      return { kind, subject, verdict: judged.reason };
    }
    if (judged.verdict !== "new") return { kind, subject, verdict: judged.verdict };
    const { row } = judged;
    await journal.putStatement(row, [audited.statementKept(row.kind, row.subject, row.number)]);
    held.set(nameOf(row), row);
    return { kind, subject, verdict: "accepted" };
  }

  return {
    refuse,
    refused: () => [...counts].map(([reason, count]) => ({ reason, count })),
    async judge(jws, when) {
      const rows = await journal.statements();
      const held = new Map(rows.map((row) => [nameOf(row), row]));
      const verdicts: BroughtStatement[] = [];
      for (const text of jws) verdicts.push(await one(text, held, when));
      return verdicts;
    },
  };
}

/** The name of what a statement claims to be. Believes nothing: whatever it is, the signature covers these same words. */
function claimedName(jws: string): string {
  try {
    const { kind, subject } = decodeJwt(jws);
    return JSON.stringify([kind, subject]);
  } catch {
    return "";
  }
}

const NOTHING = { kind: null, subject: null };

function nameOf({ kind, subject }: HeldStatement): string {
  return JSON.stringify([kind, subject]);
}
