import { parentPort, workerData } from "node:worker_threads";
import {
  carryWith,
  createTrustedFetch,
  HisError,
  type HisFailure,
  type HttpCall,
} from "../his/index.ts";
import { serveThread } from "../store/index.ts";
import { giveWay } from "./give-way.ts";

/** What the event loop gives this thread. */
export interface HisThreadData {
  /** The CAs that are trusted, in PEM; null: those of the OS. */
  readonly ca: readonly string[] | null;
}

/** An answer between threads. A failure is a value, so that all it says survives. */
export type Carried =
  | {
      readonly status: number;
      /** By their names in small letters. */
      readonly headers: Readonly<Record<string, string>>;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly failure: HisFailure };

/** HTTP and TLS with the HIS: whoever answers the page must not wait while pages come by the thousand. */
export interface HisThread {
  ready(): void;
  /** `number`: the caller's own, for {@link HisThread.giveUp}. */
  carry(number: number, call: HttpCall): Promise<Carried>;
  giveUp(number: number): void;
}

function handlers({ ca }: HisThreadData): HisThread {
  const { fetch, wire } = createTrustedFetch(ca);
  const carry = carryWith(fetch, wire);
  const underWay = new Map<number, AbortController>();
  return {
    ready: giveWay,
    async carry(number, call) {
      const controller = new AbortController();
      underWay.set(number, controller);
      try {
        const { status, headers, bytes } = await carry(call, controller.signal);
        return { status, headers: namesAndValues(headers), bytes };
      } catch (error) {
        if (error instanceof HisError) return { failure: error.failure };
        throw error;
      } finally {
        underWay.delete(number);
      }
    },
    giveUp: (number) => underWay.get(number)?.abort(),
  };
}

/** All that a client looks at. */
const NAMES = [
  "content-encoding",
  "content-type",
  "date",
  "etag",
  "retry-after",
  "www-authenticate",
] as const;

function namesAndValues(headers: Pick<Headers, "get">): Record<string, string> {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

if (parentPort === null) throw new Error("the HIS's thread is a worker");
serveThread(parentPort, handlers(workerData as HisThreadData));
