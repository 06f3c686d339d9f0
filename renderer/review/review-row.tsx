import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import {
  type AccessEntry,
  readReason,
  useClient,
  useFormat,
  useNow,
  useStatus,
} from "../app/index.ts";
import { clinicianName, Moment, nameLine, ProblemNote, Sign } from "../parts/index.ts";
import { reviewOf, unreviewed } from "./entries.ts";

/** One access: who, whom, when, why, and whether somebody has looked. */
export function ReviewRow({
  entry,
  everywhere,
}: {
  readonly entry: AccessEntry;
  /** Of the list of all PCs. */
  readonly everywhere: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { language } = format.settings;
  const emergency = entry.kind === "emergency";
  return (
    <tr className={unreviewed(entry) ? "review-open" : undefined}>
      <td>
        <span className={emergency ? "chip chip-danger" : "chip chip-plain"}>
          <Sign mark={emergency ? "warning" : "key"} />
          {t(`review.${entry.kind}`)}
        </span>
      </td>
      <td>
        <bdi className="strong">
          {entry.clinician === null ? entry.name : clinicianName(entry.clinician, language)}
        </bdi>
        {entry.clinician === null && <span className="quiet small"> ({t("review.asTyped")})</span>}
        {emergency && (
          <p className="quiet small">
            {entry.by === null
              ? t("review.byEnvelope")
              : t("review.by", { name: clinicianName(entry.by, language) })}
          </p>
        )}
      </td>
      <td>
        {entry.patientName !== null ? (
          <bdi>{nameLine(entry.patientName, language)}</bdi>
        ) : (
          <span className="quiet">
            {t(
              entry.patient === null
                ? everywhere
                  ? "review.patientsOf"
                  : "review.patients"
                : everywhere
                  ? "review.patientElsewhere"
                  : "review.unknownPatient",
            )}
          </span>
        )}
      </td>
      <td>
        <Moment at={entry.at} />
        {entry.until !== null && (
          <p className="quiet small">
            {t("review.until", { when: format.moment(entry.until, now) })}
          </p>
        )}
        <p className="quiet small">{t("review.at", { workstation: entry.workstation })}</p>
      </td>
      <td className="review-why">
        <Why reason={entry.reason} />
      </td>
      <td className="review-act">
        <Reviewed entry={entry} everywhere={everywhere} />
      </td>
    </tr>
  );
}

/** A reason chosen from ours is said in the language of the page; her own words stay as they are. */
function Why({ reason }: { readonly reason: string }): ReactNode {
  const { t } = useTranslation();
  const { choice, text } = readReason(reason);
  return (
    <>
      {choice !== "other" && <p>{t(`override.reason.${choice}`)}</p>}
      {text !== "" && <p dir="auto">{text}</p>}
    </>
  );
}

function Reviewed({
  entry,
  everywhere,
}: {
  readonly entry: AccessEntry;
  readonly everywhere: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const client = useClient();
  const queries = useQueryClient();
  const { session } = useStatus();
  const { language } = format.settings;
  const done = useMutation({
    mutationFn: () => (everywhere ? client.privacy.reviewed : client.review.done)({ id: entry.id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["review"] }),
  });
  const can = reviewOf(entry, {
    clinician: session.clinician?.id ?? null,
    emergency: session.emergency !== null,
  });
  if (can === null)
    return (
      <>
        <p>
          <Sign mark="check" />{" "}
          {t("review.reviewedBy", {
            name: entry.reviewedBy === null ? "–" : clinicianName(entry.reviewedBy, language),
          })}
        </p>
        {entry.reviewedAt !== null && (
          <p className="quiet small">
            <Moment at={entry.reviewedAt} />
          </p>
        )}
      </>
    );
  if (can !== "done")
    return <p className="quiet">{t(can === "own" ? "review.own" : "review.readingOnly")}</p>;
  const who =
    entry.clinician === null ? (entry.name ?? "") : clinicianName(entry.clinician, language);
  return (
    <>
      <Button
        variant="default"
        disabled={done.isPending || done.isSuccess}
        aria-label={t("review.doneFor", { who, when: format.moment(entry.at, now) })}
        onClick={() => done.mutate()}
      >
        {t("review.done")}
      </Button>
      {done.error !== null && <ProblemNote error={done.error} />}
    </>
  );
}
