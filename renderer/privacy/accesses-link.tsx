import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { OFFICER, useNavigation, useStatus } from "../app/index.ts";
import { Sign } from "../parts/index.ts";

/** The way to who saw what, for a clinician who is privacy officer as well. */
export function AccessesLink(): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  if (useStatus().session.clinician?.roles.includes(OFFICER) !== true) return null;
  return (
    <button type="button" className="review-link" onClick={() => go({ screen: "accesses" })}>
      <Sign mark="search" />
      {t("privacy.title")}
    </button>
  );
}
