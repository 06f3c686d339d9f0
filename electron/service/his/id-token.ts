import { createLocalJWKSet, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import { z } from "zod";

/** What of an id token is believed, once everything about it is right. */
export interface Identity {
  /** Logical id of the Practitioner. */
  readonly practitioner: string;
  /** As the HIS calls her: `name` and `name#ar` (OpenID Connect Core section 5.2); null when it does not say. */
  readonly name: { readonly en: string; readonly ar: string } | null;
}

/** An id token that proves nothing; `message` says why, for IT. */
export class IdTokenRefused extends Error {
  override readonly name = "IdTokenRefused";
}
/** The token is right, and whom it names is not a Practitioner of this HIS. */
export class NotAPractitioner extends Error {
  override readonly name = "NotAPractitioner";
}

/** Signatures SMART servers use; never `none`, never a shared secret (RFC 8725 section 3.2). */
const ALGORITHMS = ["ES256", "ES384", "RS256", "RS384", "PS256", "PS384"];
const TOLERANCE_SECONDS = 60;
/** Longer than the whole sign-in may take: older means that she did not sign in just now. */
const FRESH_SECONDS = 600;

const Claims = z.looseObject({
  nonce: z.string(),
  iat: z.number(),
  azp: z.string().optional(),
  auth_time: z.number().optional(),
  fhirUser: z.string().optional(),
  name: z.string().min(1).max(200).optional(),
  "name#ar": z.string().min(1).max(200).optional(),
});

/**
 * Who signed in, by the id token (OpenID Connect Core section 3.1.3.7, SMART App Launch 2.2 "fhirUser").
 * @param options.now the HIS's own time where it is known: this PC's clock may be anywhere.
 * @throws {@link IdTokenRefused}, {@link NotAPractitioner}
 */
export async function verifyIdToken(
  idToken: string,
  options: {
    readonly jwks: JSONWebKeySet;
    readonly issuer: string;
    readonly clientId: string;
    readonly nonce: string;
    /** The FHIR base, with a closing slash. */
    readonly base: string;
    readonly now: Date;
  },
): Promise<Identity> {
  const { issuer, clientId, now } = options;
  let claims: z.infer<typeof Claims>;
  try {
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(options.jwks), {
      issuer,
      audience: clientId,
      algorithms: ALGORITHMS,
      currentDate: now,
      clockTolerance: TOLERANCE_SECONDS,
      requiredClaims: ["exp", "iat", "sub"],
    });
    claims = Claims.parse(payload);
    // Made out to several: only when it says that it was issued to us.
    if (Array.isArray(payload.aud) && payload.aud.length > 1 && claims.azp !== clientId)
      throw new IdTokenRefused("it is made out to several apps");
  } catch (error) {
    throw error instanceof IdTokenRefused ? error : new IdTokenRefused(wordsOf(error));
  }
  // SECURITY: the nonce binds it to this one sign-in and to the keys that will be enrolled by it; an old one, or one
  // made at another PC, proves nothing here.
  if (claims.nonce !== options.nonce) throw new IdTokenRefused("it is of another sign-in");
  const seconds = now.getTime() / 1000;
  if (Math.abs(seconds - claims.iat) > FRESH_SECONDS) throw new IdTokenRefused("it is an old one");
  // SECURITY: ward PCs share their browser; who signed in there this morning is not who sits here now.
  if (claims.auth_time !== undefined && seconds - claims.auth_time > FRESH_SECONDS)
    throw new IdTokenRefused("nobody signed in just now: the browser remembered somebody");
  return { practitioner: practitionerOf(claims.fhirUser, options.base), name: nameOf(claims) };
}

function practitionerOf(fhirUser: string | undefined, base: string): string {
  if (fhirUser === undefined) throw new NotAPractitioner("the HIS does not say who that is here");
  const reference = fhirUser.startsWith(base) ? fhirUser.slice(base.length) : fhirUser;
  const [, id] = /^Practitioner\/([A-Za-z0-9\-.]{1,64})$/u.exec(reference) ?? [];
  if (id === undefined) throw new NotAPractitioner("the HIS knows that sign-in as no Practitioner");
  return id;
}

function nameOf(claims: z.infer<typeof Claims>): Identity["name"] {
  const { name, "name#ar": arabic } = claims;
  if (name === undefined) return null;
  return { en: name, ar: arabic ?? name };
}

/** The library's codes are fit to be shown; its messages may repeat claims. */
function wordsOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
  return `it does not verify (${code})`;
}
