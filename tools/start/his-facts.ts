import { z } from "zod";

/** What the demo HIS's control page says of it: who may sign in, and what it holds. */
const HisState = z.object({
  baseUrl: z.url(),
  people: z.array(
    z.object({
      id: z.string(),
      name: z.object({ en: z.string(), ar: z.string() }),
      roles: z.array(z.string()),
      pin: z.string(),
    }),
  ),
  wards: z.array(z.object({ id: z.string(), name: z.string(), beds: z.array(z.unknown()) })),
  resources: z.number(),
});
export type HisState = z.infer<typeof HisState>;

/** Asks a running demo HIS, by the address of its control page. Throws a sentence for the terminal when it does not answer. */
export async function readHis(controlUrl: string): Promise<HisState> {
  return HisState.parse(await getJson(new URL("/control/state", controlUrl)));
}

/** The policy file of one PC, with a join code of its own in it. */
export async function readPolicy(controlUrl: string, workstation: string): Promise<object> {
  const url = new URL("/control/policy", controlUrl);
  url.searchParams.set("workstation", workstation);
  return z.looseObject({}).parse(await getJson(url));
}

/** How to sign in, and where the HIS is switched off and on. */
export function describeHis(controlUrl: string, his: HisState): string[] {
  return [
    `Demo HIS      ${his.baseUrl}  (${his.resources} resources)`,
    `Its switches  ${controlUrl}  (outage, latency, errors, an allergy changed behind everyone's back)`,
    `Wards         ${his.wards.map(({ name, beds }) => `${name} (${beds.length} beds)`).join(", ")}`,
    "Sign in as",
    ...his.people.map(
      ({ name, roles, pin }) => `  ${name.en.padEnd(18)} ${roles.join(", ").padEnd(8)} PIN ${pin}`,
    ),
  ];
}

async function getJson(url: URL): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error(
      `No demo HIS answers at ${url.origin}: start one with "npm run his", or start without it: npm start -- --his none`,
    );
  }
  if (!response.ok)
    throw new Error(`${url.href} answered ${response.status}: is this the HIS's control page?`);
  return response.json();
}
