/** The page's own scheme: nothing is served from the network or from `file:`. */
export const SCHEME = "app";
export const PAGE_URL = "app://amanah/";
export const STARTING_URL = "app://amanah/starting";

/** Whether an address is one of our page's. */
export function isOurs(url: string): boolean {
  return (
    URL.canParse(url) && new URL(url).protocol === `${SCHEME}:` && new URL(url).host === "amanah"
  );
}
