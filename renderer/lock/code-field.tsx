import { type ReactNode, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import {
  caretAfter,
  CODE_EACH,
  CODE_GROUPS,
  codeProblem,
  groupedCode,
  readCode,
} from "./envelope-code.ts";

/** One field for the envelope's code. It groups what is typed as the paper does, and reads it however it is written. */
export function CodeField(props: {
  readonly code: string;
  readonly change: (code: string) => void;
  readonly tried: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const { code } = props;
  const caret = useRef<{ field: HTMLInputElement; at: number } | null>(null);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    caret.current.field.setSelectionRange(caret.current.at, caret.current.at);
    caret.current = null;
  });
  const wrong = codeProblem(code);
  const shown = wrong !== null && (props.tried || wrong.problem === "letters");
  return (
    <div className="field">
      <label htmlFor="envelope-code">{t("emergency.code")}</label>
      <input
        id="envelope-code"
        className="code-field"
        dir="ltr"
        type="text"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        value={groupedCode(code)}
        aria-invalid={shown}
        aria-describedby="envelope-code-hint"
        onChange={(event) => {
          const field = event.currentTarget;
          const before = readCode(field.value.slice(0, field.selectionStart ?? undefined));
          caret.current = { field, at: caretAfter(before.length) };
          props.change(readCode(field.value));
        }}
      />
      <div id="envelope-code-hint" className="small">
        {shown && (
          <p className="field-wrong">
            {wrong.problem === "letters"
              ? t("emergency.problem.codeLetters", { wrong: wrong.wrong })
              : t("emergency.problem.codeShort", { groups: CODE_GROUPS, each: CODE_EACH })}
          </p>
        )}
        <p className="quiet">{t("emergency.codeHint")}</p>
      </div>
    </div>
  );
}
