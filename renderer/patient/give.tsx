import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  contractError,
  said,
  useAct,
  type MedicineCheck,
  type MedicineOrder,
  type PatientView,
  useClient,
  useKept,
  useStatus,
} from "../app/index.ts";
import { Dialog, Elsewhere, KeptNote, ProblemNote, Sign } from "../parts/index.ts";
import { CheckNotes } from "./check-notes.tsx";
import { changesIn, ConfirmChange } from "./changed-order.tsx";
import {
  facing,
  giveProblem,
  isOutrun,
  keptGiving,
  notGivenReasons,
  ticksFor,
  withTick,
} from "./give-entry.ts";
import { Rights } from "./give-rights.tsx";
import { orderStanding } from "./hold-words.ts";
import { needsSecond, overrideOf } from "./override-entry.ts";
import { StopOverride } from "./stop-override.tsx";

/** Refusals of the service that this dialog explains itself. Nothing was charted under the number of any but the last. */
const KNOWN = [
  "STOPPED",
  "NOT_ADMINISTRABLE",
  "CHANGED",
  "NOT_COMPARED",
  "WRONG_TIME",
  "WRONG_PIN",
  "NOT_READY",
  "ALREADY_SAVED",
] as const;

/** One dose of one order: the five rights, the allergy check before them, given or not given. */
export function Give(props: {
  readonly view: PatientView;
  readonly order: MedicineOrder;
  readonly close: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const queries = useQueryClient();
  const { hisSigns } = useStatus();
  const { view, order } = props;
  const act = useAct();
  const kept = useKept(view.banner.patient, `give/${order.id}`, keptGiving);
  const { entry, change: setEntry } = kept;
  /** What the service found at the moment of giving, if that was more than what the screen knew. */
  const [found, setFound] = useState<MedicineCheck | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const check = found ?? order.check;
  const compared = facing(order);
  const changes = changesIn(view.changedOrders[order.id]);
  const problem = giveProblem(entry, { check, facing: compared, isChanged: changes.length > 0 });
  const standing = orderStanding(view, order.id, hisSigns);
  const stopped = entry.given && check?.action === "stop";

  const save = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    setError(null);
    if (problem !== null) return;
    setBusy(true);
    try {
      await kept.settled();
      await client.record.give({
        ...act.of(),
        patient: view.banner.patient,
        order: order.id,
        version: order.version,
        due: order.nextDue,
        outcome:
          entry.given || entry.notGiven === null
            ? { kind: "given", compared: [...ticksFor(entry, compared)] }
            : { kind: "not-given", reason: entry.notGiven, text: entry.text },
        override: entry.given ? overrideOf(entry, check) : null,
      });
      kept.done();
      void queries.invalidateQueries();
      props.close();
    } catch (refusal) {
      setError(refusal);
      // CLINICAL: refused, and not lost on the way: the next try has its own time. One whose answer was lost may be charted.
      const code = refusalOf(refusal);
      if (code !== undefined && code !== "ALREADY_SAVED") act.refused();
      setEntry({ ...entry, pin: "" });
      const now = stoppedCheck(refusal);
      if (now !== null) setFound(now);
      void queries.invalidateQueries({ queryKey: ["patient", view.banner.patient] });
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={t("give.title")} close={props.close} wide>
      <form
        className="dialog-form give"
        noValidate
        autoComplete="off"
        onSubmit={(event) => void save(event)}
      >
        <p className="give-medicine">
          <bdi>
            <b>{order.medicine}</b>
          </bdi>
          {standing !== null && (
            <span className="quiet small"> · {t(`guard.standing.${standing}`)}</span>
          )}
        </p>
        <Elsewhere doses />
        {entry.given && isOutrun(entry, compared) && (
          <p className="note note-warn" role="alert">
            <Sign mark="warning" />
            {t("give.anew")}
          </p>
        )}
        {entry.given && changes.length > 0 && (
          <ConfirmChange
            changes={changes}
            confirmed={ticksFor(entry, compared).has("change")}
            confirm={(on) => setEntry(withTick(entry, compared, "change", on))}
          />
        )}
        {entry.given && check !== null && <CheckNotes check={check} />}
        <div className="give-choice" role="radiogroup" aria-label={t("give.title")}>
          {[true, false].map((given) => (
            <label key={String(given)} className="dialog-choice">
              <input
                type="radio"
                name="give-outcome"
                checked={entry.given === given}
                onChange={() => setEntry({ ...entry, given })}
              />
              {t(given ? "give.given" : "give.notGiven")}
            </label>
          ))}
        </div>
        {entry.given ? (
          <Rights view={view} order={order} entry={entry} change={setEntry} />
        ) : (
          <fieldset className="field-group">
            <legend>{t("give.why")}</legend>
            <div className="give-reasons">
              {notGivenReasons.map((one) => (
                <label key={one} className="dialog-choice">
                  <input
                    type="radio"
                    name="give-not"
                    checked={entry.notGiven === one}
                    onChange={() => setEntry({ ...entry, notGiven: one })}
                  />
                  {t(`give.reason.${one}`)}
                </label>
              ))}
            </div>
            <div className="field">
              <label htmlFor="give-text">{t("give.more")}</label>
              <textarea
                id="give-text"
                rows={2}
                dir="auto"
                maxLength={300}
                value={entry.text}
                onChange={(event) => setEntry({ ...entry, text: event.currentTarget.value })}
              />
            </div>
          </fieldset>
        )}
        {stopped && (
          <StopOverride
            title={t("give.override")}
            why={t("give.overrideReason")}
            entry={entry}
            change={(part) => setEntry({ ...entry, ...part })}
            second={needsSecond(check)}
          />
        )}
        <KeptNote kept={kept} />
        {tried && problem !== null && (
          <p className="note note-danger" role="alert">
            <Sign mark="warning" />
            {t(`give.problem.${problem}`)}
          </p>
        )}
        {error !== null && <Refusal error={error} />}
        <div className="dialog-actions">
          <Button type="submit" size="md" disabled={busy} {...(stopped && { color: "red" })}>
            {t(busy ? "give.saving" : stopped ? "give.inSpite" : "give.save")}
          </Button>
          <Button variant="default" size="md" onClick={props.close}>
            {t(stopped ? "give.doNot" : "give.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const refusalOf = (error: unknown): (typeof KNOWN)[number] | undefined =>
  KNOWN.find((one) => one === contractError(error)?.code);

function Refusal({ error }: { readonly error: unknown }): ReactNode {
  const { t } = useTranslation();
  const code = refusalOf(error);
  if (code === undefined) return <ProblemNote error={error} />;
  const isOtherwise = said(contractError(error)?.data, "why") === "ordered-otherwise";
  return (
    <p className="note note-danger" role="alert">
      <Sign mark="warning" />
      {t(`give.refused.${isOtherwise ? "ORDERED_OTHERWISE" : code}`)}
    </p>
  );
}

/** The check in a `STOPPED` answer. */
function stoppedCheck(error: unknown): MedicineCheck | null {
  const known = contractError(error);
  if (known?.code !== "STOPPED" || typeof known.data !== "object" || known.data === null)
    return null;
  return "check" in known.data ? (known.data.check as MedicineCheck) : null;
}
