import { z } from "zod";

/** What can be made to go wrong at run time. */
export const Switches = z.object({
  /** The network is dead: FHIR, token and join routes reset every connection. */
  outage: z.boolean(),
  /** Added to every answer, in ms. */
  latencyMs: z.number().min(0).max(600_000),
  /** Share of requests answered 503 with `Retry-After`, 0 to 1. */
  errorRate: z.number().min(0).max(1),
  /** PUT to an id the server does not know is answered 404. */
  refuseClientIds: z.boolean(),
  /** Writes are carried out, then the connection is cut before the answer. */
  loseAnswers: z.boolean(),
  /** FHIR answers are a proxy's HTML page with status 200, or JSON cut off in the middle. */
  garbage: z.enum(["html", "truncated"]).nullable(),
  /** Every request, whatever it asks, is answered 200 with a network's sign-in page. */
  captivePortal: z.boolean(),
  /** The server's clock is so many seconds ahead (behind, if negative): its Date, and the times it stamps. */
  clockSkewSeconds: z.number().min(-86_400).max(86_400),
  /** The enrolment desk says yes by itself; off: somebody at the control page must. */
  approveEnrolments: z.boolean(),
  /** What its users change at the HIS is not signed. What is changed beneath it never is. */
  unsigned: z.boolean(),
});
export type Switches = z.infer<typeof Switches>;

/** A change of some switches; the others stay. */
export const SwitchChange = Switches.partial();
export type SwitchChange = z.infer<typeof SwitchChange>;

export const ALL_WELL: Switches = {
  outage: false,
  latencyMs: 0,
  errorRate: 0,
  refuseClientIds: false,
  loseAnswers: false,
  garbage: null,
  captivePortal: false,
  clockSkewSeconds: 0,
  approveEnrolments: true,
  unsigned: false,
};
