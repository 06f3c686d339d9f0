import type { FhirRequestIn } from "../fhir-api.ts";
import type { Answer } from "../http.ts";
import { readBatches } from "../read-batch.ts";

export type FhirHandler = (request: FhirRequestIn) => Promise<Answer>;

/** What a quirk changes inside the engine, where a wrapper could not. */
export interface EngineSettings {
  /** False: a PUT to an id the server does not know is 404, in a Bundle too; its statement says so. */
  readonly clientIds: boolean;
  /** True: a PUT that changes nothing makes no new version. */
  readonly keepsIdentical: boolean;
  /** A transaction is stamped when it comes and becomes visible after this; other writes go past it meanwhile. */
  readonly beforeCommit: (() => Promise<unknown>) | null;
}

/** One thing that a server somewhere really does. */
export interface Quirk {
  readonly settings?: Partial<EngineSettings>;
  /** Stands between the network and the engine. `base`: the FHIR base without closing slash. */
  readonly wrap?: (inner: FhirHandler, base: string) => FhirHandler;
  /** Stands before what takes a batch of reads apart, and so sees it whole. */
  readonly before?: (inner: FhirHandler) => FhirHandler;
}

/** The engine behind all the quirks, the first one outermost. */
export function withQuirks(
  engine: FhirHandler,
  quirks: readonly Quirk[],
  base: string,
): FhirHandler {
  const each = quirks.reduceRight((inner, { wrap }) => wrap?.(inner, base) ?? inner, engine);
  return quirks.reduceRight((inner, { before }) => before?.(inner) ?? inner, readBatches(each));
}

export function settingsOf(quirks: readonly Quirk[]): EngineSettings {
  const plain: EngineSettings = { clientIds: true, keepsIdentical: false, beforeCommit: null };
  return Object.assign(plain, ...quirks.map(({ settings }) => settings ?? {})) as EngineSettings;
}
