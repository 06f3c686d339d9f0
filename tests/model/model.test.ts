import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { demoHospital } from "./demo-hospital.ts";
import { playMany } from "./many.ts";
import { play } from "./play.ts";

test.each([
  ["always the same", 20261123, 10],
  // The seed is in the name, so that a run that fails can be had again.
  ["never the same before", randomInt(2 ** 31), 10],
])(
  "whatever befalls workstations and HIS, no act is lost or doubled and every ward ends as the HIS has it: scripts %s (seed %i)",
  async (_which, seed, runs) => {
    const { broken, acts, kills } = await playMany({ seed, runs, steps: 25 });
    expect(broken).toBeNull();
    expect(acts).toBeGreaterThan(0);
    expect(kills).toBeGreaterThan(0);
  },
  300_000,
);

test("the same holds for scripts played on the demo HIS", async () => {
  const { broken, acts } = await playMany({
    seed: 20261124,
    runs: 4,
    steps: 25,
    player: (script) => play(script, demoHospital),
  });
  expect(broken).toBeNull();
  expect(acts).toBeGreaterThan(0);
}, 300_000);
