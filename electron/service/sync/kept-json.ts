/** What was kept as JSON; null when there is none that can be read. */
export function keptJson(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
