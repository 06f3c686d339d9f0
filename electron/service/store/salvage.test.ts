import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openChart } from "./chart.ts";
import { StoreError } from "./errors.ts";
import { salvageChart } from "./salvage-chart.ts";
import { flip, PAGE, words } from "./test-salvage.ts";
import { batch, countingCard, KEY, OTHER_KEY, resource, withFolder } from "./testing.ts";

const PATIENTS = Array.from({ length: 15 }, (_, each) => `p${each + 1}`);
const TYPES = ["AllergyIntolerance", "Observation"];

function makeChart(file: string): Map<string, string> {
  const chart = openChart({ file, key: KEY, card: countingCard, create: true });
  const truth = new Map<string, string>();
  for (const patient of PATIENTS) {
    for (const type of TYPES) {
      const resources = Array.from({ length: 12 }, (_, each) =>
        resource(type, `${patient}-${type}-${each}`, "1", {
          note: words(`${patient}${type}${each}`),
        }),
      );
      for (const each of resources) truth.set(`${patient} ${each.id}`, JSON.stringify(each));
      chart.write(
        batch({
          upserts: resources.map((each) => ({ patient, resource: each })),
          sections: [{ patient, type, asOf: "2026-11-23T08:00:00Z" }],
          placements: [{ patient, encounter: `e-${patient}`, ward: "w1", location: null }],
        }),
      );
    }
  }
  chart.close();
  return truth;
}

test("with any one page of the chart damaged, intact patients stay readable and what is lost is said", () => {
  withFolder((folder) => {
    const made = join(folder, "made.db");
    const truth = makeChart(made);
    const pages = readFileSync(made).length / PAGE;
    expect(pages).toBeGreaterThan(25);
    const untold: string[] = [];
    for (let page = 0; page < pages; page++) {
      const file = join(folder, `chart-${page}.db`);
      copyFileSync(made, file);
      flip(file, page * PAGE + 1234);
      const report = salvageChart({ file, key: KEY });
      expect(report.pages).toEqual({ total: pages, damaged: 1 });
      const chart = openChart({ file, key: KEY, card: countingCard });
      expect(chart.verify().damaged).toBe(0);
      const { untold: silent, found } = unaccounted(chart, report, truth);
      untold.push(...silent.map((what) => `page ${page + 1}: ${what}`));
      // One page holds the heads of at most eight chunks: all others must be back, whatever page it was.
      expect(found, `page ${page + 1}`).toBeGreaterThanOrEqual(truth.size - 8 * 12);
      if (!report.incomplete.includes("placements") && chart.placements().length < 15)
        untold.push(`page ${page + 1}: placements`);
      // The HIS fills the gap.
      chart.write(
        batch({
          sections: report.sections.map((each) => ({ ...each, asOf: "2026-11-23T09:00:00Z" })),
        }),
      );
      expect(
        PATIENTS.flatMap((patient) => chart.sections(patient)).filter(({ damaged }) => damaged),
      ).toEqual([]);
      chart.close();
      expect(existsSync(report.damagedFile)).toBe(true);
    }
    expect(untold).toEqual([]);
  });
}, 60_000);

/** What a salvaged chart shows that its report does not account for; and how many resources came back, each as it was. */
function unaccounted(
  chart: ReturnType<typeof openChart>,
  report: ReturnType<typeof salvageChart>,
  truth: ReadonlyMap<string, string>,
): { readonly untold: string[]; readonly found: number } {
  const untold: string[] = [];
  let found = 0;
  for (const patient of PATIENTS) {
    const sections = new Map(chart.sections(patient).map((row) => [row.type, row]));
    for (const type of TYPES) {
      const { resources, damaged } = chart.resources(patient, type);
      expect(damaged).toBe(0);
      found += resources.length;
      for (const each of resources)
        expect(JSON.stringify(each)).toBe(truth.get(`${patient} ${each.id}`));
      const section = sections.get(type);
      // Never complete in word and incomplete in fact.
      const told = report.sections.some((each) => each.patient === patient && each.type === type);
      if (resources.length < 12 && (section?.loaded === true || !(told || report.fetchAgain)))
        untold.push(`${patient} ${type}`);
      if (section?.damaged === true && !told) untold.push(`${patient} ${type} marked only`);
    }
  }
  return { untold, found };
}

test.each([
  ["a tenth", 10, 0.4],
  ["half", 2, 0.01],
])(
  "with %s of the chart's pages damaged at once, what can be read is right, what is lost is said, and the HIS fills the gaps",
  (_share, every, least) => {
    withFolder((folder) => {
      const made = join(folder, "made.db");
      const truth = makeChart(made);
      const pages = readFileSync(made).length / PAGE;
      // With and without the first page, which names all tables.
      for (const from of [0, 1]) {
        const file = join(folder, `chart-${from}.db`);
        copyFileSync(made, file);
        let damaged = 0;
        for (let page = from; page < pages; page += every) {
          flip(file, page * PAGE + 1234);
          damaged += 1;
        }
        const report = salvageChart({ file, key: KEY });
        expect(report.pages).toEqual({ total: pages, damaged });
        const chart = openChart({ file, key: KEY, card: countingCard });
        expect(chart.verify().damaged).toBe(0);
        const { untold, found } = unaccounted(chart, report, truth);
        expect(untold).toEqual([]);
        expect(found).toBeGreaterThanOrEqual(truth.size * least);
        expect(found).toBeLessThan(truth.size);
        const wanted = PATIENTS.flatMap((patient) => TYPES.map((type) => ({ patient, type })));
        const again = report.fetchAgain ? wanted : report.sections;
        chart.write(
          batch({
            upserts: [...truth].flatMap(([name, json]) => {
              const patient = name.split(" ")[0] ?? "";
              const each = JSON.parse(json) as ReturnType<typeof resource>;
              const isAsked = again.some(
                (one) => one.patient === patient && one.type === each.resourceType,
              );
              return isAsked ? [{ patient, resource: each }] : [];
            }),
            sections: again.map(({ patient, type }) => ({
              patient,
              type,
              asOf: "2026-11-23T09:00:00Z",
            })),
          }),
        );
        const filled = unaccounted(chart, { ...report, sections: [], fetchAgain: false }, truth);
        expect(filled).toEqual({ untold: [], found: truth.size });
        chart.close();
      }
    });
  },
  60_000,
);

test("a removed resource of a merged section does not come back through salvage", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    makeChart(file);
    const chart = openChart({ file, key: KEY, card: countingCard });
    const removals = Array.from({ length: 11 }, (_, each) => ({
      patient: "p1",
      type: "Observation",
      id: `p1-Observation-${each}`,
    }));
    chart.write(batch({ removals }));
    while (chart.compact(1000));
    chart.close();
    flip(file, 1234);
    salvageChart({ file, key: KEY });
    const again = openChart({ file, key: KEY, card: countingCard });
    expect(again.resources("p1", "Observation").resources.map(({ id }) => id)).toEqual([
      "p1-Observation-11",
    ]);
    again.close();
  });
});

test("a missing card is made again from what is readable", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    makeChart(file);
    const pages = readFileSync(file).length / PAGE;
    for (let page = 1; page < pages; page++) {
      const copy = join(folder, `copy-${page}.db`);
      copyFileSync(file, copy);
      flip(copy, page * PAGE + 1234);
      const { kept } = salvageChart({ file: copy, key: KEY });
      if ((kept["cards"] ?? 0) === 15) continue;
      const chart = openChart({ file: copy, key: KEY, card: countingCard });
      expect(chart.cards(PATIENTS).size).toBe(15);
      // Made in one go from all there is, where the others were made in two.
      expect([...chart.cards(PATIENTS).values()]).toContainEqual(
        expect.objectContaining({ made: 1 }),
      );
      chart.close();
      return;
    }
    throw new Error("no page of the cards was found");
  });
});

test("a wrong key salvages nothing and changes nothing", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    makeChart(file);
    flip(file, 9 * PAGE);
    const before = readFileSync(file);
    expect(() => salvageChart({ file, key: OTHER_KEY })).toThrow(StoreError);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(["chart.db"]);
  });
});

test("an untouched chart comes through salvage unchanged", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    const truth = makeChart(file);
    const report = salvageChart({ file, key: KEY });
    expect(report).toMatchObject({
      lost: {},
      incomplete: [],
      guessed: false,
      sections: [],
      fetchAgain: false,
    });
    const chart = openChart({ file, key: KEY, card: countingCard });
    expect(chart.count()).toEqual({ patients: 15, resources: truth.size });
    expect(
      PATIENTS.flatMap((patient) => chart.sections(patient)).every(({ loaded }) => loaded),
    ).toBe(true);
    chart.close();
  });
});
