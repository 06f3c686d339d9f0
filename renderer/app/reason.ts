/** Reasons for an override that are chosen, not typed. */
export const reasonChoices = ["asked-to-help", "called-to-emergency", "covering", "other"] as const;
export type ReasonChoice = (typeof reasonChoices)[number];

/** As they stand in the trail of accesses and at the HIS, whatever language the page had: read by people who were not here. */
const written: Record<Exclude<ReasonChoice, "other">, string> = {
  "asked-to-help": "Asked to help",
  "called-to-emergency": "Called to an emergency",
  covering: "Covering for a colleague",
};
const SHORTEST = 4;
const LONGEST = 500;

/** What keeps a reason from being one; null: nothing. The contract wants at least four characters. */
export function reasonProblem(choice: ReasonChoice | null, text: string): "choose" | "text" | null {
  if (choice === null) return "choose";
  return choice === "other" && text.trim().length < SHORTEST ? "text" : null;
}

/** The reason as it is written down: the choice, and her own words behind it. */
export function writeReason(choice: ReasonChoice, text: string): string {
  const own = text.trim();
  if (choice === "other") return own.slice(0, LONGEST);
  return (own === "" ? written[choice] : `${written[choice]}: ${own}`).slice(0, LONGEST);
}

/** A written reason taken apart again, so that a choice is shown in the language of who reads it. */
export function readReason(reason: string): {
  readonly choice: ReasonChoice;
  readonly text: string;
} {
  for (const choice of reasonChoices) {
    if (choice === "other") continue;
    if (reason === written[choice]) return { choice, text: "" };
    const start = `${written[choice]}: `;
    if (reason.startsWith(start)) return { choice, text: reason.slice(start.length) };
  }
  return { choice: "other", text: reason };
}
