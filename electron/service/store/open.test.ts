import { randomBytes } from "node:crypto";
import {
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Plain from "better-sqlite3-multiple-ciphers";
import { expect, test } from "vitest";
import { openChart, openChartReader } from "./chart.ts";
import { pageCipher } from "./cipher.ts";
import { openJournal } from "./journal.ts";
import { openEncrypted } from "./open.ts";
import {
  act,
  batch,
  chain,
  countingCard,
  filesHolding,
  KEY,
  OTHER_KEY,
  resource,
  withFolder,
} from "./testing.ts";
import type { StoreErrorCode } from "./types.ts";

function refusal(work: () => unknown): StoreErrorCode | "no refusal" | undefined {
  try {
    work();
    return "no refusal";
  } catch (error) {
    return (error as { code?: StoreErrorCode }).code;
  }
}
const chartAt = (file: string, key = KEY, create = false) =>
  openChart({ file, key, card: countingCard, create });

test("a missing file is made only when that is asked for", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    expect(refusal(() => chartAt(file))).toBe("missing");
    expect(refusal(() => openChartReader({ file, key: KEY }))).toBe("missing");
    expect(existsSync(file)).toBe(false);
    chartAt(file, KEY, true).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chartAt(file).close();
  });
});

test("a file without encryption is refused and left as it is, with and without a key", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    const plain = new Plain(file);
    plain.exec("CREATE TABLE patients (pid)");
    plain.close();
    const before = readFileSync(file);
    expect(refusal(() => chartAt(file))).toBe("plain-file");
    expect(refusal(() => chartAt(file, KEY, true))).toBe("plain-file");
    expect(refusal(() => openJournal({ file, key: KEY, chain, create: true }))).toBe("plain-file");
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

test("a wrong key is refused and nothing is written", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    chartAt(file, KEY, true).close();
    const before = readFileSync(file);
    expect(refusal(() => chartAt(file, OTHER_KEY, true))).toBe("wrong-key");
    expect(refusal(() => openChartReader({ file, key: OTHER_KEY }))).toBe("wrong-key");
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(["chart.db"]);
  });
});

test("no key, a short key and a zeroed key open nothing and make nothing", () => {
  withFolder((folder) => {
    for (const key of [new Uint8Array(0), new Uint8Array(16).fill(1), new Uint8Array(32)]) {
      expect(refusal(() => chartAt(join(folder, "chart.db"), key, true))).toBe("wrong-key");
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("random bytes are a wrong key's file; a damaged first page is damage", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    writeFileSync(file, randomBytes(8 * 4096));
    expect(refusal(() => chartAt(file))).toBe("wrong-key");
    const other = join(folder, "other.db");
    chartAt(other, KEY, true).close();
    const bytes = readFileSync(other);
    bytes[500] = (bytes[500] ?? 0) ^ 1;
    writeFileSync(other, bytes);
    expect(refusal(() => chartAt(other))).toBe("damaged");
  });
});

test("the file is SQLCipher 4's: every page carries its HMAC-SHA-512 and nothing begins like SQLite", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    const chart = chartAt(file, KEY, true);
    chart.write(batch({ upserts: [{ patient: "p", resource: resource("Flag", "f", "1") }] }));
    chart.close();
    const bytes = readFileSync(file);
    expect(bytes.subarray(0, 16).toString("latin1")).not.toContain("SQLite");
    const cipher = pageCipher(KEY, bytes.subarray(0, 16));
    for (let page = 1; page <= bytes.length / 4096; page++)
      expect(cipher.whole(bytes.subarray((page - 1) * 4096, page * 4096), page)).toBe(true);
  });
});

test("a file of a later version is refused and left as it is", () => {
  withFolder((folder) => {
    for (const [name, open] of [
      ["chart.db", (file: string, create: boolean) => chartAt(file, KEY, create)],
      [
        "journal.db",
        (file: string, create: boolean) => openJournal({ file, key: KEY, chain, create }),
      ],
    ] as const) {
      const file = join(folder, name);
      open(file, true).close();
      const db = openEncrypted({ file, key: KEY, synchronous: "FULL", cacheKib: 100 });
      db.pragma("user_version=99");
      db.close();
      const before = readFileSync(file);
      expect(refusal(() => open(file, false))).toBe("newer-format");
      expect(readFileSync(file).equals(before)).toBe(true);
    }
    expect(refusal(() => openChartReader({ file: join(folder, "chart.db"), key: KEY }))).toBe(
      "newer-format",
    );
  });
});

test("a journal is not taken for a chart, whatever it is called", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    openJournal({ file, key: KEY, chain, create: true }).close();
    expect(refusal(() => chartAt(file))).toBe("other");
  });
});

test("a full scan finds a flipped bit in any page that holds something", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    const chart = chartAt(file, KEY, true);
    for (let each = 0; each < 30; each++)
      chart.write(
        batch({
          upserts: [
            {
              patient: `p${each}`,
              resource: resource("Flag", `f${each}`, "1", {
                note: randomBytes(900).toString("hex"),
              }),
            },
          ],
        }),
      );
    expect(chart.verify()).toEqual({ chunks: 30, damaged: 0 });
    chart.close();
    const bytes = readFileSync(file);
    for (let page = 1; page < bytes.length / 4096; page++) {
      const copy = Buffer.from(bytes);
      copy[page * 4096 + 77] = (copy[page * 4096 + 77] ?? 0) ^ 1;
      const damaged = join(folder, "damaged.db");
      writeFileSync(damaged, copy);
      const found = (): string => {
        const reader = openChartReader({ file: damaged, key: KEY });
        try {
          return reader.verify().damaged > 0 ? "found" : "not found";
        } finally {
          reader.close();
        }
      };
      let told = "";
      try {
        told = found();
      } catch (error) {
        told = String((error as { code?: string }).code);
      }
      expect(["found", "damaged"], `page ${page + 1}`).toContain(told);
    }
  });
});

test("a damaged chunk costs its own section and never the patient", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    const chart = chartAt(file, KEY, true);
    const note = randomBytes(6_000).toString("base64");
    for (const type of ["AllergyIntolerance", "Condition", "Flag", "Observation"])
      chart.write(
        batch({
          upserts: [
            { patient: "p", resource: resource(type, `x-${type}`, "1", { note: note + type }) },
          ],
        }),
      );
    chart.close();
    const bytes = readFileSync(file);
    // How many sections are damaged and how many whole, for a flipped bit in each page in turn.
    const seen: string[] = [];
    for (let page = 1; page < bytes.length / 4096; page++) {
      const copy = Buffer.from(bytes);
      copy[page * 4096 + 77] = (copy[page * 4096 + 77] ?? 0) ^ 1;
      const damaged = join(folder, "damaged.db");
      writeFileSync(damaged, copy);
      try {
        const reader = openChartReader({ file: damaged, key: KEY });
        const sections = [...reader.patient("p").values()];
        const lost = sections.filter((list) => list.damaged === 1 && list.resources.length === 0);
        const whole = sections.filter((list) => list.damaged === 0 && list.resources.length === 1);
        seen.push(`${lost.length} lost, ${whole.length} whole`);
        reader.close();
      } catch (error) {
        seen.push(String((error as { code?: string }).code));
      }
    }
    const each = new Set(["0 lost, 4 whole", "1 lost, 3 whole", "4 lost, 0 whole", "damaged"]);
    expect(seen.filter((told) => !each.has(told))).toEqual([]);
    // Two overflow pages for each of four chunks, and one leaf that holds all their heads.
    expect(seen.filter((told) => told === "1 lost, 3 whole")).toHaveLength(8);
    expect(seen.filter((told) => told === "4 lost, 0 whole")).toHaveLength(1);
  });
});

test("after heavy use no file on the disk, temp files included, holds a name, an MRN or a note as plain text", () => {
  withFolder((folder) => {
    const canaries = ["CanaryFamilyName", "MRN-9988776655", "CanaryNoteText", "CanaryUuid"];
    const more = { name: canaries[0], mrn: canaries[1], note: canaries[2] };
    const found: string[] = [];
    const look = (): void => {
      for (const canary of canaries) found.push(...filesHolding(folder, canary));
    };
    const file = join(folder, "chart.db");
    const chart = chartAt(file, KEY, true);
    const journal = openJournal({
      file: join(folder, "journal.db"),
      key: KEY,
      chain,
      create: true,
    });
    for (let each = 0; each < 40; each++) {
      const patient = `CanaryFamilyName-${each % 7}`;
      chart.write(
        batch({
          upserts: [{ patient, resource: resource("Flag", `f${each}`, "1", more) }],
          placements: [{ patient, encounter: "e", ward: "w", location: null }],
        }),
      );
      journal.putAct({ ...act(`CanaryUuid-${each}`, patient), body: JSON.stringify(more) }, [
        JSON.stringify(more),
      ]);
      if (each % 10 === 0) look();
    }
    chart.compact(1000);
    chart.forgetPatient("CanaryFamilyName-1");
    look();
    chart.close();
    journal.close();

    look();
    expect(found).toEqual([]);
  });
});

test("large sorts, temp tables and bulk updates leave nothing in temp files", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    chartAt(file, KEY, true).close();
    const ours = openEncrypted({ file, key: KEY, synchronous: "NORMAL", cacheKib: 100 });
    expect(plainTempFiles((sql) => ours.exec(sql))).toEqual([]);
    ours.close();
    // The same without our recipe, to show that the search finds what there is to find.
    const careless = new Plain(file);
    careless.pragma("cipher='sqlcipher'");
    careless.pragma("legacy=4");
    careless.key(Buffer.from(`x'${Buffer.from(KEY).toString("hex")}'`));
    expect(plainTempFiles((sql) => careless.exec(sql))).not.toEqual([]);
    careless.close();
  });
});

// SQLite deletes a temp file's name as soon as it has opened it: its content is still there under /proc.
function plainTempFiles(exec: (sql: string) => void): string[] {
  exec("PRAGMA temp.cache_size = 10");
  exec(`CREATE TEMP TABLE busy AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    SELECT i, 'CanaryNoteText ' || hex(randomblob(900)) AS note FROM n`);
  exec("CREATE TEMP TABLE sorted AS SELECT note FROM busy ORDER BY substr(note, 30)");
  exec("UPDATE busy SET note = note || note");
  return readdirSync("/proc/self/fd").flatMap((each) => {
    try {
      const name = readlinkSync(`/proc/self/fd/${each}`);
      if (!name.includes("etilqs_")) return [];
      return readFileSync(`/proc/self/fd/${each}`).includes("CanaryNoteText") ? [name] : [];
    } catch {
      return [];
    }
  });
}

test("opening sets what the recipe says, and nothing undoes it", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    chartAt(file, KEY, true).close();
    const full = openEncrypted({ file, key: KEY, synchronous: "FULL", cacheKib: 100 });
    expect(
      ["cipher", "temp_store", "journal_mode", "synchronous", "mmap_size", "secure_delete"].map(
        (name) => full.pragma(name),
      ),
    ).toEqual(["sqlcipher", 2, "wal", 2, 0, 1]);
    full.close();
    const normal = openEncrypted({
      file,
      key: KEY,
      synchronous: "NORMAL",
      cacheKib: 100,
      readonly: true,
    });
    expect([
      normal.pragma("synchronous"),
      normal.pragma("query_only"),
      normal.pragma("temp_store"),
    ]).toEqual([1, 1, 2]);
    expect(refusal(() => normal.exec("DELETE FROM meta"))).toBe("other");
    normal.close();
  });
});
