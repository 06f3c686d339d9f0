import type { IncomingMessage, ServerResponse } from "node:http";
import Database from "better-sqlite3";
import { exportJWK, generateKeyPair } from "jose";
import type { JWK } from "jose";
import { Provider, errors } from "oidc-provider";
import type { Adapter, AdapterPayload } from "oidc-provider";
import { randomBytes } from "node:crypto";
import type { PublicEcJwk } from "../../shared/trust/index.ts";

/** Access tokens live at most this long (SMART Backend Services: short-lived, no refresh). */
const TOKEN_SECONDS = 300;
/** SMART Backend Services: an assertion expires at most five minutes ahead. */
const ASSERTION_SECONDS = 300;
const ALGORITHMS = ["ES384", "RS384"] as const;
/** SMART v2 and v1 ways to ask for everything, or for reading only. */
const WRITING = ["system/*.cruds", "system/*.cru", "system/*.*", "system/*.write"];
const READING = ["system/*.rs", "system/*.read"];
const SCOPES = [...WRITING, ...READING];

export interface SignIn {
  /** Answers what belongs to OAuth 2 (`/oidc/…`, `/.well-known/openid-configuration`). */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly tokenUrl: string;
  /** The `/.well-known/smart-configuration` document (SMART App Launch 2, conformance). */
  readonly smartConfiguration: object;
  /** What a bearer token allows; null when it is unknown, expired or not a bearer token. No scope asked: all of them. */
  access(
    authorization: string | undefined,
  ): Promise<{ workstation: string; mayWrite: boolean } | null>;
  /** Lets a workstation sign in with its key from now on; a second call replaces the key. */
  /** `kid`: RFC 7638 thumbprint, which the assertions of SMART Backend Services name. */
  register(workstation: string, key: PublicEcJwk, kid: string): void;
  close(): void;
}

/** Sign-in of workstations: client credentials with `private_key_jwt` (RFC 7523), kept in `path` over restarts. */
export async function openSignIn(path: string, origin: string): Promise<SignIn> {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.exec(
    "CREATE TABLE IF NOT EXISTS entry (model TEXT, id TEXT, payload TEXT NOT NULL, expires INTEGER, PRIMARY KEY (model, id)) WITHOUT ROWID",
  );
  const rows = entries(database);
  const signing = await keptSigningKey(rows);
  const tokenUrl = `${origin}/oidc/token`;
  const provider = new Provider(origin, {
    adapter: (model: string) => adapterOf(rows, model),
    clientAuthMethods: ["private_key_jwt"],
    enabledJWA: { clientAuthSigningAlgValues: [...ALGORITHMS] },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    responseTypes: [],
    scopes: SCOPES,
    ttl: { ClientCredentials: TOKEN_SECONDS },
    routes: { token: "/oidc/token", jwks: "/oidc/jwks" },
    jwks: { keys: [signing] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    assertJwtClientAuthClaimsAndHeader: (_context, claims) => {
      // SECURITY: an assertion made for another server or endpoint cannot be used here (SMART Backend Services).
      if (claims["aud"] !== tokenUrl)
        throw new errors.InvalidClientAuth("aud must be the token URL");
      if (claims["sub"] !== claims["iss"])
        throw new errors.InvalidClientAuth("sub must be the client id");
      const ahead = Number(claims["exp"]) - Date.now() / 1000;
      if (!(ahead <= ASSERTION_SECONDS + 5))
        throw new errors.InvalidClientAuth("exp is more than 5 minutes ahead");
    },
  });
  const callback = provider.callback();
  return {
    handle: (request, response) => void callback(request, response),
    tokenUrl,
    smartConfiguration: {
      issuer: origin,
      jwks_uri: `${origin}/oidc/jwks`,
      token_endpoint: tokenUrl,
      grant_types_supported: ["client_credentials"],
      token_endpoint_auth_methods_supported: ["private_key_jwt"],
      token_endpoint_auth_signing_alg_values_supported: [...ALGORITHMS],
      scopes_supported: SCOPES,
      response_types_supported: [],
      code_challenge_methods_supported: ["S256"],
      capabilities: ["client-confidential-asymmetric", "permission-v2"],
    },
    async access(authorization) {
      const [, token] = /^Bearer ([\w-]+)$/iu.exec(authorization ?? "") ?? [];
      if (token === undefined) return null;
      const found = await provider.ClientCredentials.find(token);
      if (found?.clientId === undefined || found.isExpired) return null;
      const granted = (found.scope ?? WRITING.join(" ")).split(" ");
      return {
        workstation: found.clientId,
        mayWrite: granted.some((scope) => WRITING.includes(scope)),
      };
    },
    register(workstation, key, kid) {
      rows.put("Client", workstation, {
        client_id: workstation,
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
        scope: SCOPES.join(" "),
        // No id token is ever made; the library's default (RS256) would ask for an RSA key.
        id_token_signed_response_alg: "ES256",
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "ES384",
        jwks: {
          // SMART Backend Services: every assertion names its key by `kid`; ours is the RFC 7638 thumbprint.
          keys: [{ kty: key.kty, crv: key.crv, x: key.x, y: key.y, kid, use: "sig", alg: "ES384" }],
        },
      });
    },
    close: () => void database.close(),
  };
}

type Entries = ReturnType<typeof entries>;

function entries(database: Database.Database) {
  const select = database.prepare<[string, string], { payload: string; expires: number | null }>(
    "SELECT payload, expires FROM entry WHERE model = ? AND id = ?",
  );
  const insert = database.prepare(
    "INSERT OR REPLACE INTO entry (model, id, payload, expires) VALUES (?, ?, ?, ?)",
  );
  const remove = database.prepare("DELETE FROM entry WHERE model = ? AND id = ?");
  const sweep = database.prepare("DELETE FROM entry WHERE expires < ?");
  return {
    get(model: string, id: string): AdapterPayload | undefined {
      const row = select.get(model, id);
      if (row === undefined || (row.expires !== null && row.expires <= Date.now()))
        return undefined;
      return JSON.parse(row.payload) as AdapterPayload;
    },
    put(model: string, id: string, payload: AdapterPayload, seconds?: number): void {
      sweep.run(Date.now());
      insert.run(
        model,
        id,
        JSON.stringify(payload),
        seconds === undefined ? null : Date.now() + seconds * 1000,
      );
    },
    remove: (model: string, id: string) => void remove.run(model, id),
  };
}

// Client credentials use only these: no grants, sessions or user codes exist here.
function adapterOf(rows: Entries, model: string): Adapter {
  const unused = (): Promise<never> =>
    Promise.reject(new Error(`${model}: not used by client credentials`));
  return {
    upsert: (id, payload, seconds) => Promise.resolve(rows.put(model, id, payload, seconds)),
    find: (id) => Promise.resolve(rows.get(model, id)),
    destroy: (id) => Promise.resolve(rows.remove(model, id)),
    consume: unused,
    findByUid: unused,
    findByUserCode: unused,
    revokeByGrantId: unused,
  };
}

async function keptSigningKey(rows: Entries): Promise<JWK> {
  const kept = rows.get("SigningKey", "own");
  if (kept !== undefined) return kept as JWK;
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), alg: "ES256", use: "sig" };
  rows.put("SigningKey", "own", jwk);
  return jwk;
}
