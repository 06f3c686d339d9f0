import type { TFunction } from "i18next";

/** "about 3 min": seconds as the service has rounded them. Never "0 s". */
function timeLeftText(seconds: number, t: TFunction): string {
  if (seconds < 60) return t("progress.seconds", { count: seconds });
  if (seconds < 3_600) return t("progress.minutes", { count: Math.round(seconds / 60) });
  return t("progress.hours", { count: Math.round(seconds / 3_600) });
}

/** The sentence, and how long the rest will take where that can be told. */
export function withTimeLeft(text: string, seconds: number | null, t: TFunction): string {
  return seconds === null ? text : `${text} · ${timeLeftText(seconds, t)}`;
}
