import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type AllergyReason, type MedicineCheck, useFormat } from "../app/index.ts";
import { Sign } from "../parts/index.ts";

/** What the drug-allergy check found and what it could not look at: each record with its reaction, class and evidence. */
export function CheckNotes({ check }: { readonly check: MedicineCheck }): ReactNode {
  const { t } = useTranslation();
  const stops = check.action === "stop";
  return (
    <>
      {check.reasons.length > 0 && (
        <div className={stops ? "note note-danger check" : "note note-warn check"} role="alert">
          <Sign mark={stops ? "stop" : "warning"} />
          <div>
            <p className="strong">{t(stops ? "check.stop" : "check.inform")}</p>
            <ul className="check-reasons">
              {check.reasons.map((reason) => (
                <Reason key={reason.allergy.id} reason={reason} />
              ))}
            </ul>
          </div>
        </div>
      )}
      <NotCheckedNote check={check} />
    </>
  );
}

function Reason({ reason }: { readonly reason: AllergyReason }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { allergy, match } = reason;
  const reactions = allergy.reactions.flatMap((one) => one.manifestations).join(", ");
  const recorded =
    allergy.recordedDate === null ? t("check.noDate") : format.fhirDate(allergy.recordedDate);
  return (
    <li>
      <p>
        {t("check.allergyTo")}{" "}
        <bdi>
          <b>{allergy.substance}</b>
        </bdi>{" "}
        (<bdi>{reactions === "" ? t("allergy.noReaction") : reactions}</bdi>
        {reason.severe && <> · {t("check.severe")}</>}
        {" · "}
        {recorded}
        {allergy.recorder !== null && (
          <>
            {" · "}
            <bdi>{allergy.recorder}</bdi>
          </>
        )}
        ){!reason.provenance.includes("effective") && <> · {t("check.claimed")}</>}
      </p>
      <p className="small">
        {t(`check.match.${match.kind}`, {
          medicine: match.medicine,
          allergen: match.allergen,
          class: match.className ?? "",
        })}
        {match.found !== "code" && <> {t(`check.found.${match.found}`)}</>}
        {match.evidence !== null && match.evidence !== "" && (
          <>
            {" "}
            <bdi className="check-evidence">{match.evidence}</bdi>
          </>
        )}
      </p>
      {reason.tolerance.map((one) => (
        <p key={one.kind + one.what} className="small">
          {t(`check.tolerance.${one.kind}`, {
            what: one.what,
            when: one.at === null ? t("check.noDate") : format.fhirDate(one.at),
          })}
        </p>
      ))}
    </li>
  );
}

/** CLINICAL: silence of the check must never be read as "safe" where it could not look. */
function NotCheckedNote({ check }: { readonly check: MedicineCheck }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  if (check.notChecked.length === 0) return null;
  return (
    <div className="note note-warn check">
      <Sign mark="question" />
      <div>
        <p className="strong">{t("check.notChecked")}</p>
        <ul className="check-reasons small">
          {check.notChecked.map((gap) => (
            <li key={gap.kind + ("substance" in gap ? gap.substance : "")}>
              {t(`check.gap.${gap.kind}`, {
                count: "count" in gap ? gap.count : 0,
                substance: "substance" in gap ? gap.substance : "",
                when: "since" in gap ? format.fhirDate(gap.since) : "",
              })}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** Beside an order on a list: that an allergy speaks against it. */
export function CheckMark({ check }: { readonly check: MedicineCheck | null }): ReactNode {
  const { t } = useTranslation();
  const [first] = check?.reasons ?? [];
  if (check === null || first === undefined) return null;
  return (
    <div>
      <span className={check.action === "stop" ? "chip chip-danger" : "chip chip-warn"}>
        <Sign mark={check.action === "stop" ? "stop" : "warning"} />
        {t(check.action === "stop" ? "check.markStop" : "check.markInform")}{" "}
        <bdi>{first.allergy.substance}</bdi>
      </span>
    </div>
  );
}
