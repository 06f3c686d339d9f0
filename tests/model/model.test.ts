import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { demoHospital } from "./demo-hospital.ts";
import { playMany } from "./many.ts";
import { play } from "./play.ts";

test.each([
  ["always the same", 20261123, { acts: 20, kills: 5 }],
  // The seed is in the name, so that a run that fails can be had again. Ten scripts by chance may well hold no kill.
  ["never the same before", randomInt(2 ** 31), { acts: 0, kills: 0 }],
])(
  "whatever befalls workstations and HIS, no act is lost or doubled and every ward ends as the HIS has it: scripts %s (seed %i)",
  async (_which, seed, least) => {
    const { broken, acts, kills } = await playMany({ seed, runs: 10, steps: 25 });
    expect(broken).toBeNull();
    expect(acts).toBeGreaterThanOrEqual(least.acts);
    expect(kills).toBeGreaterThanOrEqual(least.kills);
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
