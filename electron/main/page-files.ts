import { readFile } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** An answer to one request of the page. */
export interface PageFile {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

const absent: PageFile = { status: 404, headers: { "content-type": "text/plain" }, body: "" };

/**
 * One file of the built page, with the headers both shells send. `policy` is the Content Security Policy for `nonce`; the
 * nonce replaces `__NONCE__` in the document.
 *
 * SECURITY: P4. Only known kinds of file below `root` are served, whatever the path is written like.
 */
export async function readPageFile(
  root: string,
  pathname: string,
  nonce: string,
  policy: string,
): Promise<PageFile> {
  const path = decode(pathname);
  if (path === null || path.includes("\0") || path.includes("\\")) return absent;
  const base = resolve(root);
  const file = resolve(join(base, path === "/" ? "/index.html" : path));
  const type = types[extname(file)];
  if (!file.startsWith(base + sep) || type === undefined) return absent;
  let body: Buffer | string;
  try {
    body = await readFile(file);
  } catch {
    return absent;
  }
  if (extname(file) === ".html") body = body.toString("utf8").replaceAll("__NONCE__", nonce);
  return { status: 200, headers: pageHeaders(type, policy), body };
}

/** Never kept by the browser, never sniffed, never framed, never sending a referrer. */
export function pageHeaders(type: string, policy: string): Record<string, string> {
  return {
    "content-type": type,
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy":
      "camera=(), microphone=(), geolocation=(), usb=(), hid=(), serial=(), clipboard-read=()",
  };
}

function decode(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}
