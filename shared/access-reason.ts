/** Reasons for an override that are chosen, not typed. */
export const reasonChoices = ["asked-to-help", "called-to-emergency", "covering", "other"] as const;
export type ReasonChoice = (typeof reasonChoices)[number];

/** As they stand in the list of accesses and at the HIS, whatever language the page had: read by people who were not here. */
export const writtenReasons: Record<Exclude<ReasonChoice, "other">, string> = {
  "asked-to-help": "Asked to help",
  "called-to-emergency": "Called to an emergency",
  covering: "Covering for a colleague",
};

/** A written reason taken apart again, so that a choice is shown in the language of who reads it. */
export function readReason(reason: string): {
  readonly choice: ReasonChoice;
  readonly text: string;
} {
  for (const choice of reasonChoices) {
    if (choice === "other") continue;
    if (reason === writtenReasons[choice]) return { choice, text: "" };
    const start = `${writtenReasons[choice]}: `;
    if (reason.startsWith(start)) return { choice, text: reason.slice(start.length) };
  }
  return { choice: "other", text: reason };
}
