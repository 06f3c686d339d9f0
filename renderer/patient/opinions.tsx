import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Hold, useFormat, useNow, useStatus } from "../app/index.ts";
import { clinicianName, Sign } from "../parts/index.ts";

/** What clinicians have said of a change that needs two of them: who, when, and why. */
export function Opinions({ opinions }: Pick<Hold, "opinions">): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const nameOf = useNameOf();
  if (opinions.length === 0) return <p>{t("guard.two.nobody")}</p>;
  return (
    <ul className="hold-opinions">
      {opinions.map(({ by, verdict, at, reason }) => (
        <li key={by}>
          <Sign mark="person" />
          <span>
            {t(`guard.two.would.${verdict}`, { who: nameOf(by), when: format.moment(at, now) })}{" "}
            <q dir="auto">{reason}</q>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Beside the hold, on every section: somebody has said something, and a second signature is wanted. */
export function OpinionLine({ hold }: { readonly hold: Hold }): ReactNode {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  if (!hold.two) return null;
  return (
    <span className="hold-wanted">
      {hold.opinions.length === 0
        ? t("guard.two.title")
        : hold.opinions
            .map(({ by, verdict }) => t(`guard.two.short.${verdict}`, { who: nameOf(by) }))
            .join(" ")}
    </span>
  );
}

/** Whoever has a slot on this PC, by name. */
function useNameOf(): (id: string) => string {
  const { clinicians } = useStatus().session;
  const { language } = useFormat().settings;
  return (id) => {
    const known = clinicians.find((one) => one.id === id);
    return known === undefined ? id : clinicianName(known, language);
  };
}
