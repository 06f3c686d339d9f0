import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  contractError,
  type FactSide,
  type Hold,
  keptReason,
  useClient,
  useFormat,
  useKept,
  useNow,
  useStatus,
} from "../app/index.ts";
import { Dialog, KeptNote, ProblemNote } from "../parts/index.ts";
import { claimWords, valueWords, wasInForce } from "./hold-words.ts";
import { Opinions } from "./opinions.tsx";

const SHORTEST = 4;

/** Both versions beside each other in clinical words, and her decision with its reason. */
export function ReviewHold(props: {
  readonly patient: string;
  readonly hold: Hold;
  readonly close: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const queries = useQueryClient();
  const { session } = useStatus();
  const { hold, patient } = props;
  // One answer to one question, one act: repeated it is the same, and another answer is another.
  const [acts] = useState(() => new Map<string, string>());
  const kept = useKept(patient, `hold/${hold.type}.${hold.id}`, keptReason);
  const reason = kept.entry;
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const field = useId();
  const isShort = reason.trim().length < SHORTEST;
  const mayDecide =
    session.emergency === null &&
    (session.clinician?.roles.some((role) => role === "doctor" || role === "pharmacist") ?? false);
  const me = session.clinician?.id ?? null;
  const own = hold.opinions.find(({ by }) => by === me);
  /** Whether a colleague has said so: hers decides. */
  const seconds = (verdict: "accept" | "keep"): boolean =>
    hold.opinions.some((one) => one.by !== me && one.verdict === verdict);
  const label = (verdict: "accept" | "keep"): string =>
    !hold.two
      ? t(`guard.${verdict}`)
      : t(seconds(verdict) ? `guard.two.second.${verdict}` : `guard.two.first.${verdict}`);

  const decide = async (verdict: "accept" | "keep"): Promise<void> => {
    setTried(true);
    setError(null);
    if (isShort) {
      document.getElementById(field)?.focus();
      return;
    }
    setBusy(true);
    try {
      const { type, id, claim } = hold;
      const answer = `${claim} ${verdict}`;
      const uuid = acts.get(answer) ?? crypto.randomUUID();
      acts.set(answer, uuid);
      await kept.settled();
      await client.guard.decide({ uuid, patient, type, id, claim, verdict, reason: reason.trim() });
      kept.done();
      props.close();
    } catch (problem) {
      // CLINICAL: the first one stands; what differs from it is a word of its own, if she says so by saying it again.
      if (contractError(problem)?.code === "ALREADY_SAVED") acts.clear();
      setError(problem);
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: ["patient", patient] });
      void queries.invalidateQueries({ queryKey: ["board"] });
    }
  };

  return (
    <Dialog title={t("guard.question", { what: hold.what })} close={props.close} wide>
      <form
        className="dialog-form"
        noValidate
        autoComplete="off"
        onSubmit={(e) => e.preventDefault()}
      >
        <p>{claimWords(hold, t)}</p>
        {wasInForce(hold) && <p className="note note-warn">{t("guard.wasInForce")}</p>}
        <div className="hold-sides">
          <Side title={t(hold.bothShown ? "guard.before" : "guard.inForce")} side={hold.inForce} />
          <Side title={t("guard.claim")} side={hold.claimed} revoked={wasInForce(hold)} />
        </div>
        {hold.claimedFor !== null && <p>{t("guard.claimedFor", { patient: hold.claimedFor })}</p>}
        {hold.two && (
          <section className="hold-two" aria-label={t("guard.two.title")}>
            <p className="strong">{t("guard.two.title")}</p>
            <Opinions opinions={hold.opinions} />
            {own !== undefined && !seconds("accept") && !seconds("keep") && (
              <p>{t("guard.two.yours")}</p>
            )}
          </section>
        )}
        {mayDecide ? (
          <>
            <div className="field">
              <label htmlFor={field}>{t("guard.why")}</label>
              <textarea
                id={field}
                rows={2}
                dir="auto"
                maxLength={500}
                value={reason}
                aria-invalid={tried && isShort}
                aria-describedby={tried && isShort ? `${field}-wrong` : undefined}
                onChange={(event) => kept.change(event.currentTarget.value)}
              />
              {tried && isShort && (
                <p id={`${field}-wrong`} className="field-wrong small" role="alert">
                  {t("guard.whyShort")}
                </p>
              )}
            </div>
            <KeptNote kept={kept} />
            <p className="small quiet">{t("guard.signed")}</p>
          </>
        ) : (
          <p className="note note-warn">{t("guard.notYours")}</p>
        )}
        {contractError(error)?.code === "NEEDS_COLLEAGUE" ? (
          <p role="alert" className="field-wrong">
            {t("guard.two.yours")}
          </p>
        ) : contractError(error)?.code === "CLAIM_CHANGED" ? (
          <p role="alert" className="field-wrong">
            {t("guard.changed")}
          </p>
        ) : (
          error !== null && <ProblemNote error={error} />
        )}
        <div className="dialog-actions">
          <Button variant="default" onClick={props.close}>
            {t("guard.later")}
          </Button>
          {mayDecide && (
            <>
              {(["accept", "keep"] as const).map((verdict) => (
                <Button
                  key={verdict}
                  variant={verdict === "accept" ? "default" : "filled"}
                  loading={busy}
                  disabled={hold.two && own?.verdict === verdict && !seconds(verdict)}
                  onClick={() => void decide(verdict)}
                >
                  {label(verdict)}
                </Button>
              ))}
            </>
          )}
        </div>
      </form>
    </Dialog>
  );
}

const DATES = new Set(["recorded", "birthDate", "end"]);
/** Codes and ids are read by nobody at the bed; they stand there only when they are what was changed. */
const matters = ({ label, changed }: NonNullable<FactSide["lines"]>[number]): boolean =>
  changed || !["code", "patient", "category", "intent"].includes(label);

function Side({
  title,
  side,
  revoked = false,
}: {
  readonly title: string;
  readonly side: FactSide;
  readonly revoked?: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <section className="hold-side" aria-label={title}>
      <h3>{title}</h3>
      <p className="small quiet">
        {t(revoked ? "guard.byRevoked" : side.signed ? "guard.bySigned" : "guard.byUnsigned", {
          who: side.author ?? t("guard.nobody"),
          when: side.at === null ? t("app.unknown") : format.moment(side.at, now),
        })}
      </p>
      {side.lines === null ? (
        <p className="strong">{t("guard.gone")}</p>
      ) : (
        <dl className="hold-lines">
          {side.lines.filter(matters).map((line) => (
            <div key={`${line.label} ${line.value}`} className={line.changed ? "hold-changed" : ""}>
              <dt>{t(`guard.line.${line.label}`, { defaultValue: line.label })}</dt>
              <dd>
                <bdi>
                  {DATES.has(line.label)
                    ? format.fhirDate(line.value)
                    : valueWords(line, t, format)}
                </bdi>
                {line.changed && <span className="small strong"> · {t("guard.differs")}</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
