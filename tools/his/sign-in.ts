import type { IncomingMessage, ServerResponse } from "node:http";
import { randomBytes } from "node:crypto";
import { calculateJwkThumbprint, decodeProtectedHeader, exportJWK, generateKeyPair } from "jose";
import type { JSONWebKeySet, JWK } from "jose";
import { Provider, errors } from "oidc-provider";
import type { AdapterPayload, Configuration } from "oidc-provider";
import { z } from "zod";
import { REDIRECT_PATH } from "../../electron/service/his/index.ts";
import type { WorkstationPublicKey } from "../../shared/trust/index.ts";
import { readBody, send } from "./http.ts";
import { DEMO_PASSWORD, loginPage } from "./login-page.ts";
import type { Account } from "./login-page.ts";
import { openSignInFile } from "./sign-in-file.ts";
import type { SignInFile } from "./sign-in-file.ts";

/** Access tokens live at most this long (SMART Backend Services: short-lived, no refresh). */
const TOKEN_SECONDS = 300;
/** SMART Backend Services: an assertion expires at most five minutes ahead. */
const ASSERTION_SECONDS = 300;
const ALGORITHMS = ["ES384", "RS384"] as const;
/** SMART v2 and v1 ways to ask for everything, or for reading only. */
const WRITING = ["system/*.cruds", "system/*.cru", "system/*.*", "system/*.write"];
const READING = ["system/*.rs", "system/*.read"];
const SCOPES = [...WRITING, ...READING];
const PEOPLE_SCOPES = ["openid", "fhirUser"];

/** This app's client id for the sign-in of people. */
export const APP_CLIENT = "amanah-app";
const LOGIN = "/oidc/login/";

export interface SignIn {
  /** Answers what belongs to OAuth 2 (`/oidc/…`, `/.well-known/openid-configuration`). */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly tokenUrl: string;
  readonly issuer: string;
  /** Public keys that its id tokens verify with. */
  readonly jwks: JSONWebKeySet;
  /** The `/.well-known/smart-configuration` document (SMART App Launch 2, conformance). */
  readonly smartConfiguration: object;
  /** What a bearer token allows; null when it is unknown, expired or not a bearer token. No scope asked: all of them. */
  access(
    authorization: string | undefined,
  ): Promise<{ workstation: string; mayWrite: boolean } | null>;
  /**
   * Lets a workstation sign in with its key from now on, and with no other.
   * @param kid RFC 7638 thumbprint, which the assertions of SMART Backend Services name
   */
  register(workstation: string, key: WorkstationPublicKey, kid: string): void;
  /** Its keys as they are registered, by `kid`; empty when it is unknown. */
  keysOf(workstation: string): readonly JWK[];
  /** Lets it sign in with this key too, beside the one that said so (`by`); once it has, with no other. */
  addKey(workstation: string, key: WorkstationPublicKey, kid: string, by: string): void;
  close(): void;
}

export interface SignInOptions {
  /** Kept over restarts. */
  readonly path: string;
  readonly origin: string;
  /** The FHIR base, without a closing slash. */
  readonly base: string;
  readonly accounts: readonly Account[];
}

/**
 * Sign-in of workstations (client credentials with `private_key_jwt`, RFC 7523) and of people (authorization code with
 * PKCE, the id token naming the Practitioner).
 */
export async function openSignIn(options: SignInOptions): Promise<SignIn> {
  const { origin, base, accounts } = options;
  const file = openSignInFile(options.path);
  const signing = await keptSigningKey(file);
  const tokenUrl = `${origin}/oidc/token`;
  const provider = new Provider(origin, {
    adapter: (model: string) => file.adapter(model),
    clientAuthMethods: ["private_key_jwt", "none"],
    enabledJWA: { clientAuthSigningAlgValues: [...ALGORITHMS], idTokenSigningAlgValues: ["ES256"] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    responseTypes: ["code"],
    scopes: [...SCOPES, ...PEOPLE_SCOPES],
    claims: { openid: ["sub"], fhirUser: ["fhirUser", "name", "name#ar"] },
    // SMART App Launch wants `fhirUser` in the id token itself.
    conformIdTokenClaims: false,
    clients: [APP],
    pkce: { required: () => true },
    extraParams: {
      aud: (_context, value) => {
        // SECURITY: a sign-in meant for another FHIR server is not given here (SMART App Launch 2.2, `aud`).
        if (value !== undefined && value !== base)
          throw new errors.InvalidRequest("aud must be the FHIR base");
      },
    },
    findAccount: (_context, id) => {
      const account = accounts.find((one) => one.id === id);
      if (account === undefined) return undefined;
      const { name, fhirUser } = account;
      const claims = {
        sub: id,
        fhirUser: `${base}/${fhirUser}`,
        name: name.en,
        "name#ar": name.ar,
      };
      return { accountId: id, claims: () => claims };
    },
    interactions: { url: (_context, { uid }) => `${LOGIN}${uid}` },
    ttl: {
      ClientCredentials: TOKEN_SECONDS,
      AuthorizationCode: 60,
      AccessToken: 60,
      IdToken: 600,
      Interaction: 600,
      Session: 3600,
      Grant: 3600,
    },
    routes: { authorization: "/oidc/auth", token: "/oidc/token", jwks: "/oidc/jwks" },
    jwks: { keys: [signing] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    renderError: (context, { error }) => {
      context.type = "text/plain; charset=utf-8";
      context.body = `The sign-in cannot go on: ${error}`;
    },
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
  provider.on("grant.success", ({ oidc }) => {
    const { client_assertion: assertion } = oidc.params ?? {};
    if (oidc.client === undefined || typeof assertion !== "string") return;
    retireOthers(file, oidc.client.clientId, decodeProtectedHeader(assertion).kid);
  });
  const callback = provider.callback();

  async function login(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const details = await provider.interactionDetails(request, response);
    const { uid, params } = details;
    const action = `${LOGIN}${uid}`;
    if (request.method !== "POST")
      return send(request, response, loginPage(action, accounts, false));
    const form = LoginForm.parse(Object.fromEntries(new URLSearchParams(await readBody(request))));
    if (form.answer === "cancel")
      return provider.interactionFinished(request, response, { error: "access_denied" });
    const account = accounts.find(({ id }) => id === form.account);
    if (account === undefined || form.password !== DEMO_PASSWORD)
      return send(request, response, loginPage(action, accounts, true));
    const grant = new provider.Grant({
      accountId: account.id,
      clientId: String(params["client_id"]),
    });
    grant.addOIDCScope(PEOPLE_SCOPES.join(" "));
    const consent = { grantId: await grant.save() };
    // Whoever was signed in at this browser before is signed out without being asked: it is a ward's.
    const before = details.session && (await provider.Session.findByUid(details.session.uid));
    await before?.destroy();
    delete details.session;
    await details.persist();
    return provider.interactionFinished(request, response, {
      login: { accountId: account.id, remember: true },
      consent,
    });
  }

  return {
    handle(request, response) {
      if (request.url?.startsWith(LOGIN) !== true) return void callback(request, response);
      login(request, response).catch(() => {
        if (!response.headersSent) response.writeHead(400, { "content-type": "text/plain" });
        response.end("This sign-in is over. Start again in the app.");
      });
    },
    tokenUrl,
    issuer: origin,
    jwks: { keys: [publicPart(signing)] },
    smartConfiguration: {
      issuer: origin,
      jwks_uri: `${origin}/oidc/jwks`,
      authorization_endpoint: `${origin}/oidc/auth`,
      token_endpoint: tokenUrl,
      grant_types_supported: ["client_credentials", "authorization_code"],
      token_endpoint_auth_methods_supported: ["private_key_jwt"],
      token_endpoint_auth_signing_alg_values_supported: [...ALGORITHMS],
      scopes_supported: [...SCOPES, ...PEOPLE_SCOPES],
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      capabilities: [
        "launch-standalone",
        "client-public",
        "client-confidential-asymmetric",
        "sso-openid-connect",
        "permission-v2",
      ],
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
    register: (workstation, key, kid) =>
      file.put("Client", workstation, clientOf(workstation, [registered(key, kid)])),
    keysOf: (workstation) => keysOf(file, workstation),
    addKey(workstation, key, kid, by) {
      const kept = keysOf(file, workstation).filter((one) => one.kid === by && one.kid !== kid);
      file.put("Client", workstation, clientOf(workstation, [...kept, registered(key, kid)]));
    },
    close: () => file.close(),
  };
}

const LoginForm = z.object({
  account: z.string().default(""),
  password: z.string().default(""),
  answer: z.enum(["sign-in", "cancel"]),
});

/** A public client, as RFC 8252 has it: no secret, PKCE, back to a port of its own on this PC. */
const APP: NonNullable<Configuration["clients"]>[number] = {
  client_id: APP_CLIENT,
  application_type: "native",
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code"],
  response_types: ["code"],
  redirect_uris: [`http://127.0.0.1${REDIRECT_PATH}`],
  id_token_signed_response_alg: "ES256",
  scope: PEOPLE_SCOPES.join(" "),
};

function clientOf(workstation: string, keys: readonly JWK[]): AdapterPayload {
  return {
    client_id: workstation,
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
    scope: SCOPES.join(" "),
    // No id token is ever made for it; the library's default (RS256) would ask for an RSA key.
    id_token_signed_response_alg: "ES256",
    token_endpoint_auth_method: "private_key_jwt",
    jwks: { keys: [...keys] },
  };
}

/** SMART Backend Services: every assertion names its key by `kid`; ours is the RFC 7638 thumbprint. */
function registered(key: WorkstationPublicKey, kid: string): JWK {
  return { ...key, kid, use: "sig", alg: key.kty === "EC" ? "ES384" : "RS384" };
}

function keysOf(file: SignInFile, workstation: string): readonly JWK[] {
  const client = file.get("Client", workstation) as { jwks?: { keys: JWK[] } } | undefined;
  return client?.jwks?.keys ?? [];
}

/** A rotation ends when the newest key has been used: those before it are no good any more. */
function retireOthers(file: SignInFile, workstation: string, kid: string | undefined): void {
  const keys = keysOf(file, workstation);
  const newest = keys.at(-1);
  if (keys.length > 1 && newest !== undefined && newest.kid === kid)
    file.put("Client", workstation, clientOf(workstation, [newest]));
}

async function keptSigningKey(file: SignInFile): Promise<JWK> {
  const kept = file.get("SigningKey", "own") as JWK | undefined;
  if (kept !== undefined) return { ...kept, kid: await calculateJwkThumbprint(kept) };
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), alg: "ES256", use: "sig" };
  file.put("SigningKey", "own", jwk);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk) };
}

function publicPart({ d: _private, ...jwk }: JWK): JWK {
  return jwk;
}
