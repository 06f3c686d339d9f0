import { parseArgs } from "node:util";
import { startHis } from "./his.ts";
import { personalityNamed } from "./personalities.ts";

export { QUICK_KDF, startHis } from "./his.ts";
export type { His, HisOptions } from "./his-types.ts";
export { makeSigner } from "./signing.ts";
export type { ChartedChange, SignedChange } from "./signing.ts";
export type { SwitchChange, Switches } from "./switches.ts";
export { PERSONALITIES, personalityNamed } from "./personalities.ts";
export type { Personality, PersonalityName } from "./personalities.ts";
export { loadEngine } from "./engine.ts";
export { makeHospital, makeWards } from "./ward/index.ts";

const USAGE =
  "node tools/his/index.ts --data DIR [--beds N] [--port N] [--control-port N] [--load DIR]… [--seed TEXT] [--personality NAME] [--json]";

/** The command line: starts the HIS, says what it serves, runs until it is told to stop. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      beds: { type: "string" },
      port: { type: "string" },
      "control-port": { type: "string" },
      load: { type: "string", multiple: true },
      personality: { type: "string" },
      seed: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  if (values.data === undefined) {
    console.error(`Usage: ${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const his = await startHis({
    dataDir: values.data,
    ...(values.beds !== undefined && { beds: Number(values.beds) }),
    ...(values.port !== undefined && { port: Number(values.port) }),
    ...(values["control-port"] !== undefined && { controlPort: Number(values["control-port"]) }),
    ...(values.load !== undefined && { load: values.load }),
    ...(values.personality !== undefined && {
      personality: personalityNamed(values.personality),
    }),
    ...(values.seed !== undefined && { seed: values.seed }),
  });
  const { baseUrl, tokenUrl, joinUrl, controlUrl, people, resources } = his;
  const wards = his.wards.map(({ id, name, beds }) => ({ id, name, beds: beds.length }));
  if (values.json)
    console.log(
      JSON.stringify({ baseUrl, tokenUrl, joinUrl, controlUrl, people, wards, resources }),
    );
  else {
    console.log(`Demo HIS: ${baseUrl} (${resources} resources)\nControl page: ${controlUrl}`);
    for (const ward of wards) console.log(`  ${ward.id}  ${ward.name}, ${ward.beds} beds`);
    for (const person of people)
      console.log(`  ${person.name.en} (${person.roles.join(", ")}), PIN ${person.pin}`);
  }
  const stop = (): void => void his.close().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

if (import.meta.main) await main();
