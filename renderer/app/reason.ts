import {
  readReason,
  type ReasonChoice,
  reasonChoices,
  writtenReasons,
} from "../../shared/access-reason.ts";

export { readReason, type ReasonChoice, reasonChoices };

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
  const written = writtenReasons[choice];
  return (own === "" ? written : `${written}: ${own}`).slice(0, LONGEST);
}
