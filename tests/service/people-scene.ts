import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { joinWorkstation, type TestWorkstation } from "../../tools/his/test-workstation.ts";
import { openScene, personOf, shareKeychain, type Scene, type Who } from "./ward-pc.ts";

/** One hospital for all tests of a file about people; each person of the demo has one part in it. */
export interface PeopleScene {
  readonly scene: Scene;
  /** Somebody else with a sign-in at the HIS, who looks at what has arrived there. */
  readonly reader: TestWorkstation;
  person(id: string): Who;
}

/** Called once at the top of a file: what it answers is there once its tests run. */
export function openPeopleScene(): PeopleScene {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });
  let scene: Scene;
  let reader: TestWorkstation;
  beforeAll(async () => {
    await shareKeychain();
    scene = await openScene(2);
    reader = await joinWorkstation(scene.his, "reader");
  });
  afterEach(() => {
    vi.restoreAllMocks();
    scene.his.switches.set({ outage: false });
  });
  afterAll(async () => {
    await scene.close();
  });
  return {
    get scene() {
      return scene;
    },
    get reader() {
      return reader;
    },
    person: (id) => personOf(scene, id),
  };
}
