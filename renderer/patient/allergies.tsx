import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Allergy, type Hold, type PatientView, useFormat, useStatus } from "../app/index.ts";
import { AllergyChips, Scroll, Section, Sign } from "../parts/index.ts";
import { claimWords, holdOn, standingOf } from "./hold-words.ts";

const inForce = (allergy: Allergy): boolean =>
  allergy.verificationStatus !== "refuted" &&
  allergy.verificationStatus !== "entered-in-error" &&
  allergy.clinicalStatus !== "inactive" &&
  allergy.clinicalStatus !== "resolved";

/** Every allergy record, those in force first; what is not in force stays readable, with its status. */
export function Allergies({ view }: { readonly view: PatientView }): ReactNode {
  const { t } = useTranslation();
  const { section, status } = view.banner.allergies;
  const { hisSigns } = useStatus();
  const rows = view.allergies.toSorted((a, b) => Number(inForce(b)) - Number(inForce(a)));
  return (
    <Section title={t("allergy.title")} kind="allergies" state={section}>
      {!hisSigns && rows.length > 0 && (
        <p className="small quiet unsigned-note">{t("guard.hisDoesNotSign")}</p>
      )}
      {rows.length > 0 ? (
        <Scroll label={t("allergy.title")}>
          <table className="table" aria-label={t("allergy.title")}>
            <thead>
              <tr>
                <th scope="col">{t("allergy.substance")}</th>
                <th scope="col">{t("allergy.reaction")}</th>
                <th scope="col">{t("allergy.criticality")}</th>
                <th scope="col">{t("allergy.status")}</th>
                <th scope="col">{t("allergy.recorded")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((allergy) => (
                <AllergyRow
                  key={allergy.id}
                  allergy={allergy}
                  standing={standingOf(view, "AllergyIntolerance", allergy.id, hisSigns)}
                  hold={holdOn(view, "AllergyIntolerance", allergy.id)}
                />
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : (
        status !== "not-loaded" && (
          <div className="empty">
            <AllergyChips summary={{ ...view.banner.allergies, section: bare(section) }} />
          </div>
        )
      )}
    </Section>
  );
}

/** The warnings stand above already. */
function bare(section: PatientView["vitalsSection"]): PatientView["vitalsSection"] {
  return { ...section, unreadable: [], damaged: false };
}

function AllergyRow({
  allergy,
  standing,
  hold,
}: {
  readonly allergy: Allergy;
  /** Null: said once for all of them. */
  readonly standing: PatientView["standings"][string] | null;
  readonly hold: Hold | undefined;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const current = inForce(allergy);
  return (
    <tr className={current ? "allergy-row" : "allergy-row allergy-past"}>
      <td className="allergy-substance">
        <bdi>
          <b>{allergy.substance}</b>
        </bdi>
        {standing !== null && <div className="small quiet">{t(`guard.standing.${standing}`)}</div>}
        {hold !== undefined && (
          <div>
            <span className="chip chip-warn">
              <Sign mark="stop" />
              {t("guard.chip", { claim: claimWords(hold, t) })}
            </span>
          </div>
        )}
      </td>
      <td>
        {allergy.reactions.length === 0 ? (
          <span className="quiet">{t("allergy.noReaction")}</span>
        ) : (
          allergy.reactions.map((reaction) => (
            <div key={reaction.manifestations.join() + reaction.severity}>
              <bdi>{reaction.manifestations.join(", ") || t("allergy.noReaction")}</bdi>
              {reaction.severity !== null && (
                <span className={reaction.severity === "severe" ? "danger" : "quiet"}>
                  {" · "}
                  {t(`allergy.${reaction.severity}`)}
                </span>
              )}
            </div>
          ))
        )}
      </td>
      <td>
        {allergy.criticality === "high" ? (
          <span className="chip chip-danger">
            <Sign mark="warning" />
            {t("allergy.high")}
          </span>
        ) : (
          t(allergy.criticality === null ? "allergy.notStated" : `allergy.${allergy.criticality}`)
        )}
      </td>
      <td>
        <div className={current ? "strong" : ""}>
          {current ? t("allergy.inForce") : t("allergy.notInForce")}
        </div>
        <div className="quiet small">
          {[allergy.clinicalStatus, allergy.verificationStatus]
            .flatMap((status) => (status === null ? [] : [t(`allergy.${status}`)]))
            .join(" · ") || t("allergy.notStated")}
        </div>
      </td>
      <td>
        {allergy.recordedDate === null
          ? t("allergy.notStated")
          : format.fhirDate(allergy.recordedDate)}
        {allergy.recorder !== null && (
          <div className="quiet small">{t("allergy.by", { name: allergy.recorder })}</div>
        )}
      </td>
    </tr>
  );
}
