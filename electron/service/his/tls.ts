import { X509Certificate } from "node:crypto";
import tls from "node:tls";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import { socketsOver } from "./socket.ts";
import type { OpenSocket } from "./socket.ts";
import { createWire } from "./wire.ts";
import type { Wire } from "./wire.ts";

/** The hospital's CA file cannot be used; `message` says which file and why, for IT. Nothing is trusted instead. */
export class CaFileUnusable extends Error {
  override readonly name = "CaFileUnusable";
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/gu;

/**
 * The CA certificates of a PEM file (several one after the other, text between them ignored).
 * @throws {@link CaFileUnusable} when there is none, one cannot be read, or one may not vouch for others.
 */
export function readCaCertificates(text: string, file: string): readonly string[] {
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0)
    throw new CaFileUnusable(`his.caFile: ${file} holds no certificate in PEM`);
  for (const [index, pem] of found.entries()) {
    const certificate = parsed(pem);
    if (certificate === null)
      throw new CaFileUnusable(`his.caFile: certificate ${index + 1} of ${file} cannot be read`);
    if (!certificate.ca)
      throw new CaFileUnusable(
        `his.caFile: certificate ${index + 1} of ${file} is not of a CA (${certificate.subject.replaceAll("\n", ", ")})`,
      );
  }
  return found;
}

function parsed(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

export interface TrustedFetch {
  /** For every address of the hospital: HIS, token, sign-in of people, join, enrolment desk. */
  readonly fetch: typeof globalThis.fetch;
  /** The same for the HIS's pages, left as they came over the wire. */
  readonly wire: Wire;
  /** And for its websockets. */
  readonly socket: OpenSocket;
  /** Ends its connections. */
  close(): Promise<void>;
}

/**
 * A `fetch` that trusts the hospital's CAs and nobody else; with null the OS's, as IT has set them there. TLS 1.2 or later.
 * SECURITY: nothing makes it accept a certificate that does not verify: no option here, in policy or in the environment.
 */
export function createTrustedFetch(ca: readonly string[] | null): TrustedFetch {
  // Reading the OS's certificates takes milliseconds that a start over plain loopback HTTP need not pay.
  let connect: buildConnector.connector | null = null;
  const dispatcher = new Agent({
    connect(options, callback) {
      connect ??= buildConnector({
        secureContext: tls.createSecureContext({
          ...(ca === null ? systemCa() : { ca: [...ca] }),
          minVersion: "TLSv1.2",
        }),
        // SECURITY: said here, it overrules NODE_TLS_REJECT_UNAUTHORIZED, whoever sets that and whenever.
        rejectUnauthorized: true,
      });
      connect(options, callback);
    },
  });
  const trusted = (
    input: Parameters<typeof undiciFetch>[0],
    init?: Parameters<typeof undiciFetch>[1],
  ): ReturnType<typeof undiciFetch> => undiciFetch(input, { ...init, dispatcher });
  return {
    // The package's types are its own, though they describe the same standard.
    fetch: trusted as unknown as typeof globalThis.fetch,
    wire: createWire(dispatcher),
    socket: socketsOver(dispatcher),
    close: () => dispatcher.destroy(),
  };
}

/** The OS's CAs (Windows and macOS stores, OpenSSL's file on Linux); none found: those that came with the runtime. */
function systemCa(): { ca: string[] } | Record<string, never> {
  // Not every runtime that embeds Node has it (Node 22.15 and later do).
  const system = typeof tls.getCACertificates === "function" ? tls.getCACertificates("system") : [];
  return system.length > 0 ? { ca: system } : {};
}

/**
 * SECURITY: with `NODE_TLS_REJECT_UNAUTHORIZED=0` any certificate would do for code that asks nothing better. The service
 * takes it out of its environment before it connects anywhere, and says so.
 */
export function refuseInsecureTls(
  environment: Record<string, string | undefined>,
  log: (message: string) => void,
): void {
  if (environment["NODE_TLS_REJECT_UNAUTHORIZED"] === undefined) return;
  delete environment["NODE_TLS_REJECT_UNAUTHORIZED"];
  log("NODE_TLS_REJECT_UNAUTHORIZED was set for this process: it is refused and removed");
}
