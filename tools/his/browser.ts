/** A browser for tests: follows redirects, keeps cookies, fills in the HIS's form. No script runs in it. */
export interface Browser {
  /** Where the last answer came from, and its text. */
  open(url: string): Promise<Page>;
  /** Sends the form of the last page. */
  submit(fields: Record<string, string>): Promise<Page>;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

const MOST_HOPS = 10;

/** @param stopsAt an address it shows (status 0) without asking for it: where a redirect leads can then be read */
export function openBrowser(stopsAt: (url: URL) => boolean = () => false): Browser {
  const cookies = new Map<string, { value: string; path: string }>();
  let last: Page | null = null;

  async function go(url: string, init: RequestInit = {}): Promise<Page> {
    let at = new URL(url);
    let next: RequestInit = init;
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      if (stopsAt(at)) return { url: at.href, status: 0, text: "" };
      const sent = [...cookies].filter(([, { path }]) => at.pathname.startsWith(path));
      const response = await fetch(at, {
        ...next,
        redirect: "manual",
        headers: {
          ...Object.fromEntries(new Headers(next.headers)),
          cookie: sent.map(([name, { value }]) => `${name}=${value}`).join("; "),
        },
      });
      for (const line of response.headers.getSetCookie()) keep(line);
      const location = response.headers.get("location");
      if (location === null) {
        last = { url: at.href, status: response.status, text: await response.text() };
        return last;
      }
      await response.body?.cancel();
      at = new URL(location, at);
      next = {};
    }
    throw new Error("too many redirects");
  }

  function keep(line: string): void {
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const [name = "", value = ""] = pair.split("=");
    const path = attributes.find((one) => /^path=/iu.test(one))?.slice(5) ?? "/";
    if (value === "") cookies.delete(name);
    else cookies.set(name, { value, path });
  }

  return {
    open: async (url) => await go(url),
    async submit(fields) {
      const action = /<form[^>]*action="([^"]+)"/u.exec(last?.text ?? "")?.[1];
      if (last === null || action === undefined) throw new Error("no form to send");
      return await go(new URL(action, last.url).href, {
        method: "POST",
        body: new URLSearchParams(fields),
      });
    },
  };
}
