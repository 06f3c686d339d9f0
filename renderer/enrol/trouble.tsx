import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Sign } from "../parts/index.ts";
import type { EnrolmentProblem } from "./types.ts";

/** Why an enrolment stopped: what happened, what was kept, what to do, and the detail for IT. */
export function Trouble(props: {
  readonly problem: EnrolmentProblem;
  readonly detail: string | null;
}): ReactNode {
  const { t } = useTranslation();
  const { problem, detail } = props;
  return (
    <div className="note note-danger problem" role="alert">
      <Sign mark="warning" />
      <dl>
        <dt>{t("error.what")}</dt>
        <dd>{t(`enrol.problem.${problem}.what`)}</dd>
        <dt>{t("error.kept")}</dt>
        <dd>{t(`enrol.problem.${problem}.kept`)}</dd>
        <dt>{t("error.todo")}</dt>
        <dd>{t(`enrol.problem.${problem}.todo`)}</dd>
        {detail !== null && (
          <>
            <dt>{t("enrol.forIt")}</dt>
            <dd>
              <bdi>{detail}</bdi>
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}
