import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startWorkstation } from "../../tools/smoke/workstation.ts";

// Run by bad-input.test.ts with a bus address where nobody listens; prints what the service says and wrote.
const [folder = ""] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "policy.json"), "{}");
const { client, dataDir, stop } = await startWorkstation(folder, () => ({}));
const { obstacle } = (await client.status()).session;
await stop();
const databases = readdirSync(dataDir).filter((name) => name.endsWith(".db"));
console.log(JSON.stringify({ obstacle, databases }));
process.exit(0);
