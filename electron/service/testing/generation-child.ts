/** `generation-child.ts FOLDER first|again`: writes and advances without end until it is killed; says what is kept. */
import { NO_CHANGES } from "../store/index.ts";
import { writeSync } from "node:fs";
import { GUARDED, openFolder } from "./generation-files.ts";

const [, , folder = "", life = "again"] = process.argv;
const { guard, verdicts, journal, chart } = await openFolder(folder, life === "first");
writeSync(1, `verdicts ${verdicts.join(" ")}\n`);
for (let number = 0; ; number++) {
  for (const name of GUARDED) {
    await guard.advance(name);
    writeSync(1, `kept ${name}\n`);
  }
  journal.putAct(
    {
      uuid: `${process.pid}-${number}`,
      kind: "vitals",
      patient: "p",
      author: "n",
      at: "",
      queuedAt: number,
      body: "x".repeat(number % 3_000),
    },
    ["charted"],
  );
  chart.write({
    ...NO_CHANGES,
    upserts: [
      {
        patient: `p${number % 4}`,
        resource: { resourceType: "Observation", id: `o${number}`, note: "y".repeat(300) },
      },
    ],
  });
}
