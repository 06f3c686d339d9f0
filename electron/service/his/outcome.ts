import { z } from "zod";

const Outcome = z.looseObject({
  resourceType: z.literal("OperationOutcome"),
  issue: z
    .array(
      z.looseObject({
        severity: z.string().optional(),
        code: z.string().optional(),
        diagnostics: z.string().optional(),
        details: z.looseObject({ text: z.string().optional() }).optional(),
        expression: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

const LONGEST = 500;

/** An OperationOutcome's issues in plain words (R4 section 3.2), or null when the value is none. Control characters are dropped. */
export function outcomeText(value: unknown): string | null {
  const parsed = Outcome.safeParse(value);
  if (!parsed.success) return null;
  const issues = (parsed.data.issue ?? []).map((issue) => {
    const said = issue.details?.text ?? issue.diagnostics ?? issue.code ?? "no reason given";
    const where = issue.expression?.join(", ");
    return where === undefined ? said : `${said} (${where})`;
  });
  return plainWords(issues.length > 0 ? issues.join("; ") : "no reason given");
}

/** Text from outside as it may be shown and logged: one line, no control characters, bounded. */
export function plainWords(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
