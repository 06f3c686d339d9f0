import { languages, type Language } from "../../shared/wording/index.ts";

/** How the screen looks to whoever sits there; the only thing the page ever stores. Never about a patient. */
export interface DisplaySettings {
  readonly language: Language;
  readonly theme: "day" | "night";
  /** Arabic-Indic digits apply to Arabic only. */
  readonly digits: "latin" | "arabic";
}

const KEY = "amanah.display";
const defaults: DisplaySettings = { language: "en", theme: "day", digits: "latin" };

/** Whether somebody has chosen on this PC; until then what IT set holds. */
export function hasChosen(storage: Pick<Storage, "getItem">): boolean {
  return storage.getItem(KEY) !== null;
}

/** The stored settings; anything unreadable counts as not set. */
export function readSettings(storage: Pick<Storage, "getItem">): DisplaySettings {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? "null");
    if (typeof stored !== "object" || stored === null) return defaults;
    const { language, theme, digits } = stored as Record<string, unknown>;
    return {
      language: languages.find((l) => l === language) ?? defaults.language,
      theme: theme === "night" ? "night" : "day",
      digits: digits === "arabic" ? "arabic" : "latin",
    };
  } catch {
    return defaults;
  }
}

/** Keeps the settings for the next page; a full or forbidden storage only means that they are asked again. */
export function writeSettings(storage: Pick<Storage, "setItem">, settings: DisplaySettings): void {
  try {
    storage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Nothing is lost but a preference.
  }
}
