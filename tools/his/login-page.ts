import { createHash } from "node:crypto";
import type { Answer } from "./http.ts";

/** Everybody here is invented, so that their password may stand on the page. */
export const DEMO_PASSWORD = "demonstration";

/** Somebody who can sign in at the HIS's page. */
export interface Account {
  readonly id: string;
  readonly name: { readonly en: string; readonly ar: string };
  /** What the HIS's id token calls her, relative to the FHIR base. */
  readonly fhirUser: string;
}

/** Somebody with a sign-in at the HIS who charts nothing: a patient who looks at her own record. */
export const NOBODY_OF_THE_WARD: readonly Account[] = [
  {
    id: "portal-user",
    name: { en: "A patient of the portal", ar: "مريض في البوابة" },
    fhirUser: "Patient/portal-user",
  },
];

const STYLE = `body{font:1.125rem/1.6 system-ui,sans-serif;max-inline-size:28rem;margin:8vh auto;padding:0 1rem;color:#1c2430;background:#fff}
label{display:block;margin-block:1rem}select,input,button{font:inherit;padding:.4rem .6rem}select,input{display:block;inline-size:100%;box-sizing:border-box}
button{margin-inline-end:.75rem}[role=alert]{color:#b3261e;font-weight:600}`;

/** The HIS's own sign-in page: plain HTML, no script, usable by keyboard and screen reader. */
export function loginPage(action: string, people: readonly Account[], wrong: boolean): Answer {
  const options = people.map(
    ({ id, name }) =>
      `<option value="${escaped(id)}">${escaped(`${name.en} · ${name.ar}`)}</option>`,
  );
  return {
    status: wrong ? 401 : 200,
    type: "text/html; charset=utf-8",
    headers: {
      // `form-action` covers where a form is sent on to: back to the app on this PC.
      "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; form-action 'self' http://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'`,
      "referrer-policy": "no-referrer",
    },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Demo HIS: sign in</title><meta name="viewport" content="width=device-width">
<style>${STYLE}</style></head><body><main>
<h1>Demo HIS</h1>${wrong ? '<p role="alert">That is not the password.</p>' : ""}
<form method="post" action="${escaped(action)}">
<label>Your name <select name="account" required>${options.join("")}</select></label>
<label>Password <input name="password" type="password" required autocomplete="off"></label>
<p>Everybody here is invented. The password is <kbd>${DEMO_PASSWORD}</kbd>.</p>
<button name="answer" value="sign-in">Sign in</button><button name="answer" value="cancel" formnovalidate>Cancel</button>
</form></main></body></html>`,
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}
