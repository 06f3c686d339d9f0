import type { ConnectionCause } from "../../../shared/contract/index.ts";

interface Said {
  readonly cause: ConnectionCause;
  /** For IT, after "The HIS cannot be reached:". */
  readonly detail: string;
}

/** Codes of the OS, of undici and of OpenSSL (`X509_V_ERR_*`) in plain words; any other is shown as it is. */
const CODES: Readonly<Record<string, Said>> = {
  ...codes("switched-off", "it refuses connections", ["ECONNREFUSED"]),
  ...codes("cut", "the connection was cut", ["ECONNRESET", "UND_ERR_SOCKET", "EPIPE"]),
  ...codes("silent", "no connection within the time allowed", [
    "UND_ERR_CONNECT_TIMEOUT",
    "ETIMEDOUT",
  ]),
  ...codes("no-name", "its name is not known on this network", ["ENOTFOUND"]),
  ...codes("no-name", "its name cannot be looked up now", ["EAI_AGAIN"]),
  ...codes("no-network", "there is no way to it on this network", ["EHOSTUNREACH"]),
  ...codes("no-network", "this PC has no network", ["ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL"]),
  ...codes("certificate", "its certificate is not of a CA that this PC trusts", [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "CERT_UNTRUSTED",
    "INVALID_CA",
  ]),
  ...codes("certificate-time", "its certificate has expired", ["CERT_HAS_EXPIRED"]),
  ...codes("certificate-time", "its certificate is not valid yet, or this PC's clock is wrong", [
    "CERT_NOT_YET_VALID",
  ]),
  ...codes("certificate", "its certificate has been revoked", ["CERT_REVOKED"]),
  ...codes("certificate", "its certificate is forged or damaged", ["CERT_SIGNATURE_FAILURE"]),
  ...codes("certificate-name", "its certificate is made out to another name", [
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ]),
};

function codes(
  cause: ConnectionCause,
  detail: string,
  names: readonly string[],
): Record<string, Said> {
  return Object.fromEntries(names.map((name) => [name, { cause, detail }]));
}

/** OpenSSL's own codes: too old a version, no common cipher, or no TLS at all behind the port. */
const NO_TLS = /^(?:ERR_SSL_|EPROTO$)/u;

/**
 * Why no connection came about. `fetch` hides the cause ("fetch failed") one or two levels down; codes are fit to be shown,
 * addresses are not needed.
 */
export function causeOfError(error: unknown): Said {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = "code" in at ? at.code : undefined;
    if (typeof code === "string") {
      if (NO_TLS.test(code))
        return { cause: "no-tls", detail: `no secure connection with it (${code})` };
      return CODES[code] ?? { cause: "unknown", detail: code };
    }
    // fetch makes a network error without a word of a 407 (Fetch standard, "HTTP-network-or-cache fetch").
    if (at.cause === undefined && at.message === "")
      return { cause: "proxy", detail: "a proxy in between wants its own sign-in first (407)" };
    if (at.cause === undefined) return { cause: "unknown", detail: at.message };
  }
  return { cause: "unknown", detail: "no connection" };
}
