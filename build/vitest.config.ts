import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What starts whole ward PCs takes longest: begun last it would keep one processor waiting for the other. */
const SLOW = [
  "tests/service/kills",
  "tests/service/",
  "tests/badge/",
  "generation-kills",
  "wiring/rotation",
  "wiring/wiping",
];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = SLOW.findIndex((part) => moduleId.includes(part));
      return found === -1 ? SLOW.length : found;
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's own method, which gives the files back anew
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

/**
 * A process of its own for who stops the keychain (its library keeps what it once found), changes the limits of its
 * process, plays a module, or has a daemon of its own.
 */
const ALONE = [
  "tests/service/{keychain,crash}.test.ts",
  "tests/{badge,model}/*.test.ts",
  "electron/service/vault/keychain.test.ts",
  "tools/start/secret-service.test.ts",
  "renderer/app/problem.test.ts",
];

/** Unit tests lie beside the code; what crosses rooms is under tests/ and has runners of its own. */
export default defineConfig({
  test: {
    root: ".",
    environment: "node",
    pool: "forks",
    globalSetup: "tests/threads/build.ts",
    setupFiles: "tests/threads/use.ts",
    // Vitest leaves a processor free by itself; these tests wait more than they work: four keep two processors busy.
    maxWorkers: 4,
    sequence: { sequencer: SlowFirst },
    // A driver or a daemon may miss a beat on a busy machine; Vitest marks who needed a second try.
    retry: 1,
    // A hung test ends; a slow machine is no fault.
    testTimeout: 60_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: "alone", include: ALONE } },
      {
        extends: true,
        test: {
          name: "together",
          include: [
            "{electron,shared,renderer,tools,build}/**/*.test.ts",
            "tests/service/*.test.ts",
          ],
          exclude: ALONE,
          // Every file leaves its process as it found it: the modules and FHIR's definitions are loaded once, not 190 times.
          isolate: false,
        },
      },
    ],
  },
});
