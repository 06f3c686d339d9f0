import { itCodeFits, newChallenge, type ItPurpose } from "../vault/index.ts";
import { CodeRefused, type SiteRoom } from "./site-types.ts";

/** In the journal's meta. */
const META = {
  challenge: "it.challenge",
  failures: "it.failures",
  failedAt: "it.failed-at",
  extendedUntil: "it.extended-until",
  lifted: "it.lifted",
} as const;

/** What one spoken code gives: time to find somebody with the control key, no more. */
const EXTENSION_MS = 3 * 24 * 60 * 60_000;

/** IT's spoken codes at this PC: a challenge on the screen, a code over the telephone. */
export interface ItCodes {
  challenge(): string | null;
  extendedUntil(): Date | null;
  /** The seal that a code has lifted, by its mark; a later one is another. */
  lifted(): string | null;
  /** @throws {@link CodeRefused} */
  use(purpose: ItPurpose, code: string, standingSeal: string | null): Promise<void>;
  /** After a join brought a seed. */
  start(): Promise<void>;
}

/** @param seed read at each use: a PC that joins gets it later. */
export async function openItCodes(
  room: Pick<
    SiteRoom,
    "journal" | "now" | "monotonic" | "random" | "delayAfter" | "audited" | "policy"
  >,
  seed: () => Uint8Array | null,
): Promise<ItCodes> {
  const { journal, policy } = room;
  let meta = await journal.meta();
  const startedAt = room.monotonic();
  /** Of the last wrong code since this start, by the monotonic clock. */
  let failedAt: number | null = null;

  async function keep(entries: Record<string, string>): Promise<void> {
    await journal.setMeta(entries);
    meta = { ...meta, ...entries };
  }

  /** As for PINs: over when the monotonic clock or, after a restart, the trusted one has seen enough of it. */
  function secondsToWait(): number {
    const delay = room.delayAfter(Number(meta[META.failures] ?? 0));
    if (delay === 0) return 0;
    const monotonic = (room.monotonic() - (failedAt ?? startedAt)) / 1_000;
    const last = Number(meta[META.failedAt] ?? 0);
    const trusted = failedAt === null ? (room.now().getTime() - last) / 1_000 : 0;
    return Math.ceil(Math.max(0, delay - Math.max(monotonic, trusted)));
  }

  async function start(): Promise<void> {
    if (seed() !== null && meta[META.challenge] === undefined)
      await keep({ [META.challenge]: newChallenge(room.random) });
  }
  await start();

  return {
    start,
    challenge: () => (seed() === null ? null : (meta[META.challenge] ?? null)),
    extendedUntil() {
      const text = meta[META.extendedUntil];
      return text === undefined ? null : new Date(text);
    },
    lifted: () => meta[META.lifted] ?? null,
    async use(purpose, code, standingSeal) {
      const secret = seed();
      const challenge = meta[META.challenge];
      if (secret === null || challenge === undefined) throw new CodeRefused(0);
      const wait = secondsToWait();
      if (wait > 0) throw new CodeRefused(wait);
      // SECURITY: counted, and the challenge used up, before the code is looked at: pulling the plug gives no second try.
      const failures = Number(meta[META.failures] ?? 0) + 1;
      failedAt = room.monotonic();
      await keep({
        [META.challenge]: newChallenge(room.random),
        [META.failures]: String(failures),
        [META.failedAt]: String(room.now().getTime()),
      });
      const { site, workstation } = policy;
      if (!itCodeFits(code, { seed: secret, site, workstation, purpose, challenge })) {
        await journal.appendAudit([room.audited.itCodeRefused(purpose, failures)]);
        throw new CodeRefused(room.delayAfter(failures));
      }
      await journal.appendAudit([room.audited.itCodeUsed(purpose)]);
      failedAt = null;
      const until = new Date(room.now().getTime() + EXTENSION_MS).toISOString();
      await keep({
        [META.failures]: "0",
        ...(purpose === "extend" && { [META.extendedUntil]: until }),
        ...(purpose === "unseal" && standingSeal !== null && { [META.lifted]: standingSeal }),
      });
    },
  };
}
