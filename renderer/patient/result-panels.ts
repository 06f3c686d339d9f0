import type { Result } from "../app/index.ts";

export interface ResultPanel {
  readonly key: string;
  readonly name: string | null;
  readonly at: string;
  readonly results: readonly Result[];
}

/** Results of one panel and time together, in the order given (newest first). */
export function panelsOf(results: readonly Result[]): readonly ResultPanel[] {
  const panels = new Map<string, ResultPanel & { results: Result[] }>();
  for (const result of results) {
    const key = `${result.at}|${result.panel ?? ""}`;
    const panel = panels.get(key);
    if (panel === undefined)
      panels.set(key, { key, name: result.panel, at: result.at, results: [result] });
    else panel.results.push(result);
  }
  return [...panels.values()];
}
