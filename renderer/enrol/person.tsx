import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Clinician, useFormat } from "../app/index.ts";
import { clinicianName, Sign } from "../parts/index.ts";
import { StepTitle } from "./step-title.tsx";

/**
 * Whom the HIS named. SECURITY: the browser may still hold a colleague's sign-in; nobody gives her own PIN to a
 * colleague's name without having read it.
 */
export function IsItYou(props: {
  readonly person: Clinician;
  readonly yes: () => void;
  readonly no: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { person } = props;
  const other = language === "ar" ? person.name.en : person.name.ar;
  return (
    <section className="enrol-part" aria-labelledby="enrol-person">
      <StepTitle id="enrol-person">{t("enrol.personTitle")}</StepTitle>
      <p>{t("enrol.personText")}</p>
      <div className="enrol-person">
        <p className="enrol-name">
          <bdi>{clinicianName(person, language)}</bdi>
        </p>
        {other !== clinicianName(person, language) && (
          <p>
            <bdi lang={language === "ar" ? "en" : "ar"}>{other}</bdi>
          </p>
        )}
        <p>{person.roles.map((role) => t(`role.${role}`)).join(" · ") || t("enrol.rolesByDesk")}</p>
        <p className="quiet">
          {t("enrol.personId")}: <bdi dir="ltr">{person.id}</bdi>
        </p>
      </div>
      <p className="note note-warn">
        <Sign mark="warning" />
        {t("enrol.personWarning")}
      </p>
      <div className="enrol-acts">
        <Button onClick={props.yes}>{t("enrol.personYes")}</Button>
        <Button variant="default" onClick={props.no}>
          {t("enrol.personNo")}
        </Button>
      </div>
    </section>
  );
}
