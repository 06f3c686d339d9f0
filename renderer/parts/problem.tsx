import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../app/index.ts";
import { Sign } from "./marks.tsx";

/** An error as a person can use it: what happened, what was kept, what to do. */
export function ProblemNote(props: {
  readonly error: unknown;
  readonly again?: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const kind = problemOf(props.error);
  return (
    <div className="note note-danger problem" role="alert">
      <Sign mark="warning" />
      <dl>
        <dt>{t("error.what")}</dt>
        <dd>{t(`error.${kind}.what`)}</dd>
        <dt>{t("error.kept")}</dt>
        <dd>{t(`error.${kind}.kept`)}</dd>
        <dt>{t("error.todo")}</dt>
        <dd>{t(`error.${kind}.todo`)}</dd>
      </dl>
      {props.again !== undefined && (
        <Button variant="default" onClick={props.again}>
          {t("app.tryAgain")}
        </Button>
      )}
    </div>
  );
}
