import { parseArgs } from "node:util";
import { personalityNamed, QUICK_KDF, startHis } from "../his/index.ts";
import { describeHis, readHis } from "./his-facts.ts";
import { leaveWithParent } from "./leave.ts";

/** First message of the HIS's process to the one that started it. */
export interface HisStarted {
  readonly controlUrl: string;
}

/** Runs the demo HIS until it is told to stop or the process that started it is gone. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: ".amanah/his" },
      beds: { type: "string" },
      wards: { type: "string" },
      port: { type: "string" },
      "control-port": { type: "string" },
      load: { type: "string", multiple: true },
      personality: { type: "string" },
      "quick-pins": { type: "boolean", default: false },
    },
  });
  const his = await startHis({
    dataDir: values.data,
    ...(values.beds !== undefined && { beds: Number(values.beds) }),
    ...(values.wards !== undefined && { wards: Number(values.wards) }),
    ...(values.port !== undefined && { port: Number(values.port) }),
    ...(values["control-port"] !== undefined && { controlPort: Number(values["control-port"]) }),
    ...(values.load !== undefined && { load: values.load }),
    ...(values.personality !== undefined && {
      personality: personalityNamed(values.personality),
    }),
    ...(values["quick-pins"] && { kdf: QUICK_KDF }),
  });
  leaveWithParent(() => his.close());
  if (process.send !== undefined) {
    process.send({ controlUrl: his.controlUrl } satisfies HisStarted);
    return;
  }
  for (const line of describeHis(his.controlUrl, await readHis(his.controlUrl))) console.log(line);
  console.log(`\nThe app beside it:  npm start -- --his ${his.controlUrl}`);
}

await main();
