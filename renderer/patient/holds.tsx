import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Hold, type PatientView, useFormat, useNow } from "../app/index.ts";
import { Sign } from "../parts/index.ts";
import { claimWords, wasInForce } from "./hold-words.ts";
import { OpinionLine } from "./opinions.tsx";
import { ReviewHold } from "./review-hold.tsx";

/** In the banner, on every section. CLINICAL: what is in force stands there unchanged; this says that somebody disputes it. */
export function HoldChips({ holds }: { readonly holds: readonly Hold[] }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {holds.map((hold) => (
        <li key={`${hold.type}/${hold.id}/${hold.claim}`} className="chip chip-warn chip-large">
          <Sign mark="stop" />
          <bdi>{hold.what}</bdi>
          <span className="chip-note">
            {t(hold.bothShown ? "guard.chipBoth" : "guard.chip", { claim: claimWords(hold, t) })}
          </span>
        </li>
      ))}
    </>
  );
}

/** Every change that was not applied, as a sentence with its author and time, and the way to decide about it. */
export function Holds({ view }: { readonly view: PatientView }): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Hold | null>(null);
  if (view.holds.length === 0) return null;
  const title = t("guard.title", { count: view.holds.length });
  return (
    <section className="holds" aria-label={title}>
      <h2 className="holds-title">
        <Sign mark="stop" />
        {title}
      </h2>
      <ul className="holds-list">
        {view.holds.map((hold) => (
          <li key={`${hold.type}/${hold.id}/${hold.claim}`} className="hold">
            <HoldSentence hold={hold} />
            <Button
              variant="default"
              size="compact-md"
              aria-label={`${t("guard.review")}: ${hold.what}`}
              onClick={() => setOpen(hold)}
            >
              {t("guard.review")}
            </Button>
          </li>
        ))}
      </ul>
      {open !== null && (
        <ReviewHold patient={view.banner.patient} hold={open} close={() => setOpen(null)} />
      )}
    </section>
  );
}

function HoldSentence({ hold }: { readonly hold: Hold }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const when = hold.claimed.at === null ? t("app.unknown") : format.moment(hold.claimed.at, now);
  return (
    <p className="hold-sentence">
      <bdi>
        <b>{hold.what}</b>
      </bdi>
      <span>
        {t(wasInForce(hold) ? "guard.claimedRevoked" : "guard.claimed", {
          claim: claimWords(hold, t),
          when,
          who: hold.claimed.author ?? t("guard.nobody"),
        })}{" "}
        <b>{t(outcome(hold))}</b> <OpinionLine hold={hold} />
      </span>
    </p>
  );
}

function outcome(hold: Hold): "guard.askTeam" | "guard.suspended" | "guard.notApplied" {
  if (hold.bothShown) return "guard.askTeam";
  return hold.suspended ? "guard.suspended" : "guard.notApplied";
}
