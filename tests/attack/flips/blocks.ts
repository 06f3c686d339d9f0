import { randomFillSync } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { changed } from "./flip.ts";
import type { FileName, Outcome } from "./flip.ts";
import { letWork } from "./workstation.ts";
import type { Worked } from "./workstation.ts";

/** What a page of either file is read and written in. */
const PAGE = 4096;

/** Many pages at once: an erase block of a flash disk that is gone, or pages here and there. */
export type Extent =
  | { readonly kind: "block"; readonly pages: number }
  | { readonly kind: "scattered"; readonly share: number };

export interface BlockTally extends Record<Outcome, number> {
  blows: number;
  /** Pages that were destroyed, in all. */
  pages: number;
  /** Blows after which something is otherwise than it was, and not said. */
  changed: number;
  /** Facts that can still be read, of so many. */
  read: number;
  of: number;
  /** Acts that cannot, and those of them that are named. */
  actsLost: number;
  actsNamed: number;
}

const EXTENTS: readonly Extent[] = [
  { kind: "block", pages: 16 },
  { kind: "scattered", share: 0.01 },
  { kind: "block", pages: 32 },
  { kind: "scattered", share: 0.1 },
  { kind: "block", pages: 64 },
];
const STRUCK: readonly (readonly FileName[])[] = [
  ["chart.db"],
  ["journal.db"],
  ["chart.db", "journal.db"],
];

/**
 * Destroys many pages at once in copies of a workstation's two files, alone and both, zeroed or garbled, at random places
 * (`random` from 0 to 1); every second block begins with the first page, which names all tables and bears the salt. `tell` hears of each blow that
 * changed a fact.
 */
export async function destroyAll(
  blows: number,
  random: () => number,
  tell: (what: string) => void,
): Promise<BlockTally> {
  const worked = await letWork({ patients: 6, pulses: 40, words: 60 });
  const tally: BlockTally = {
    blows: 0,
    pages: 0,
    same: 0,
    said: 0,
    refused: 0,
    older: 0,
    changed: 0,
    read: 0,
    of: 0,
    actsLost: 0,
    actsNamed: 0,
  };
  try {
    for (let number = 0; number < blows; number += 1) {
      const extent = EXTENTS[number % EXTENTS.length] ?? { kind: "block", pages: 16 };
      const files = STRUCK[Math.floor(number / EXTENTS.length) % STRUCK.length] ?? ["chart.db"];
      const isZeroed = random() < 0.5;
      const struck = new Map(
        files.map((file) => [file, placesOf(worked, file, extent, number % 2 === 0, random)]),
      );
      const { outcome, wrong, read, acts } = changed(worked, files, (bytes, file) => {
        for (const page of struck.get(file) ?? []) {
          const place = bytes.subarray(page * PAGE, (page + 1) * PAGE);
          if (isZeroed) place.fill(0);
          else randomFillSync(place);
        }
      });
      tally.blows += 1;
      tally.pages += [...struck.values()].reduce((sum, { length }) => sum + length, 0);
      tally[outcome] += 1;
      tally.read += read;
      for (const file of files) tally.of += factsIn(worked, file);
      tally.actsLost += acts.lost;
      tally.actsNamed += acts.named;
      if (wrong.length === 0) continue;
      tally.changed += 1;
      tell(
        `${JSON.stringify(extent)} of ${JSON.stringify([...struck])} (${outcome}): ${wrong.slice(0, 5).join("; ")}`,
      );
    }
  } finally {
    worked.dispose();
  }
  return tally;
}

function factsIn({ states }: Worked, file: FileName): number {
  return states[file.startsWith("journal") ? "journal" : "chart"].at(-1)?.said.size ?? 0;
}

function placesOf(
  worked: Worked,
  file: FileName,
  extent: Extent,
  sparesFirst: boolean,
  random: () => number,
): number[] {
  const count = Math.floor(statSync(join(worked.folder, file)).size / PAGE);
  const first = sparesFirst ? 1 : 0;
  if (extent.kind === "block") {
    // Something is to be left of a small file.
    const length = Math.min(extent.pages, Math.floor(count * 0.7));
    const from = sparesFirst ? first + Math.floor(random() * (count - length)) : 0;
    return Array.from({ length }, (_, at) => from + at).filter((at) => at < count);
  }
  const most = Math.max(1, Math.round(count * extent.share));
  return [
    ...new Set(Array.from({ length: most }, () => first + Math.floor(random() * (count - first)))),
  ];
}
