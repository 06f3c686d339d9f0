import { Worker } from "node:worker_threads";
import type { SignIn, SignInKey } from "../../electron/service/his/index.ts";
import { useBuiltThreads } from "../threads/built.ts";

/** A workstation's sign-in, as it travels to a process or a thread. */
export interface Credentials extends Omit<SignIn, "keys"> {
  readonly jwk: JsonWebKey;
  readonly thumbprint: string;
}

/** The demo HIS as it says where it is. */
export interface Server {
  readonly baseUrl: string;
  readonly joinUrl: string;
  readonly controlUrl: string;
  readonly wards: readonly { readonly id: string }[];
}

export async function signInOf({ jwk, thumbprint, ...signIn }: Credentials): Promise<SignIn> {
  const privateKey = await crypto.subtle.importKey(
    "jwk",
    jwk,
    { name: "ECDSA", namedCurve: "P-384" },
    false,
    ["sign"],
  );
  const key: SignInKey = { algorithm: "ES384", privateKey, thumbprint };
  return { ...signIn, keys: () => [key] };
}

// As they ship: read from source each thread would hold a compiler.
useBuiltThreads();

/** One of the service's own threads. */
export function thread(name: string, data: object): Worker {
  return new Worker(new URL(`../../electron/service/threads/${name}.ts`, import.meta.url), {
    workerData: data,
  });
}
