import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  contractError,
  instantWithOffset,
  type MedicineChoice,
  type NotOrderable,
  useAct,
  useClient,
  useClock,
  useKept,
  useStatus,
} from "../app/index.ts";
import { Dialog, KeptNote, ProblemNote, Sign } from "../parts/index.ts";
import { CheckNotes } from "./check-notes.tsx";
import { OrderDose } from "./order-dose.tsx";
import { doseOf, keptOrder, orderFault } from "./order-entry.ts";
import { OrderMedicine } from "./order-medicine.tsx";
import { OrderSame } from "./order-same.tsx";
import { needsSecond, overrideOf } from "./override-entry.ts";
import { StopOverride } from "./stop-override.tsx";

/** Refusals of the service that this dialog explains itself. Nothing was charted under the number of any but the last. */
const KNOWN = [
  "STOPPED",
  "SAME_SUBSTANCE",
  "INVALID",
  "WRONG_TIME",
  "WRONG_PIN",
  "NOT_READY",
  "ALREADY_SAVED",
] as const;

/** A new order: the medicine, what speaks against it, how much and how often; signed by whoever is signed in. */
export function Order(props: { readonly patient: string; readonly close: () => void }): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const queries = useQueryClient();
  const clock = useClock();
  const { connection } = useStatus();
  const { patient } = props;
  const kept = useKept(patient, "order", keptOrder);
  const { entry } = kept;
  const { medicine } = entry;
  const checked = useOrderCheck(patient, medicine);
  const check = checked.data ?? null;
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const act = useAct();
  const fault = orderFault(entry, check, instantWithOffset(clock()));
  const stopped = check?.check.action === "stop";

  const sign = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    setError(null);
    if (fault !== null || medicine === null) return;
    const { uuid, at } = act.of();
    const dose = doseOf(entry, at);
    if (dose === null) return;
    setBusy(true);
    try {
      await kept.settled();
      await client.record.order({
        uuid,
        at,
        ...dose,
        patient,
        medicine,
        beside: [...entry.beside],
        override: overrideOf(entry, check?.check ?? null),
      });
      kept.done();
      void queries.invalidateQueries();
      props.close();
    } catch (refusal) {
      setError(refusal);
      // It was refused, and not lost on the way: the next try is another one, with its own time.
      if (refusalOf(refusal) !== undefined && refusalOf(refusal) !== "ALREADY_SAVED") act.refused();
      kept.change({ ...entry, pin: "" });
      void queries.invalidateQueries({ queryKey: ["patient", patient] });
    } finally {
      setBusy(false);
    }
  };

  const refused = notOrderable(checked.error) ?? notOrderable(error);
  return (
    <Dialog title={t("order.title")} close={props.close} wide>
      <form
        className="dialog-form order"
        noValidate
        autoComplete="off"
        onSubmit={(event) => void sign(event)}
      >
        <OrderMedicine
          entry={entry}
          choose={(choice, name) =>
            kept.change({ ...entry, medicine: choice, name, beside: [], pin: "", second: "" })
          }
        />
        {connection.state !== "live" && connection.state !== "catching-up" && (
          <p className="note note-warn">
            <Sign mark="unlink" />
            {t("order.outage")}
          </p>
        )}
        <div aria-live="polite" className="order-check">
          {medicine !== null && checked.isPending && <p>{t("order.checking")}</p>}
          {refused !== null && (
            <p className="note note-danger" role="alert">
              <Sign mark="stop" />
              {t(`order.not.${refused}`)}
            </p>
          )}
          {checked.isError && refused === null && (
            <ProblemNote error={checked.error} again={() => void checked.refetch()} />
          )}
          {check !== null && <CheckNotes check={check.check} />}
          {check?.check.action === "none" && check.check.notChecked.length === 0 && (
            <p>{t("order.noFinding")}</p>
          )}
        </div>
        {check !== null && check.same.length > 0 && (
          <OrderSame
            same={check.same}
            confirmed={entry.beside}
            confirm={(beside) => kept.change({ ...entry, beside })}
          />
        )}
        {check !== null && (
          <>
            <OrderDose entry={entry} change={(part) => kept.change({ ...entry, ...part })} />
            {stopped && (
              <StopOverride
                title={t("order.override")}
                why={t("order.overrideReason")}
                entry={entry}
                change={(part) => kept.change({ ...entry, ...part })}
                second={needsSecond(check.check)}
              />
            )}
            <p className="quiet small">{t("order.until")}</p>
          </>
        )}
        <KeptNote kept={kept} />
        {tried && fault !== null && (
          <p className="note note-danger" role="alert">
            <Sign mark="warning" />
            {t(`order.problem.${fault}`)}
          </p>
        )}
        {error !== null && refused === null && <Refusal error={error} />}
        <div className="dialog-actions">
          <Button type="submit" size="md" disabled={busy} {...(stopped && { color: "red" })}>
            {t(busy ? "order.signing" : stopped ? "order.inSpite" : "order.sign")}
          </Button>
          <Button variant="default" size="md" onClick={props.close}>
            {t(stopped ? "order.doNot" : "order.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Under the patient's key: asked again as soon as his record changes, so that what she reads is in force. */
function useOrderCheck(patient: string, medicine: MedicineChoice | null) {
  const client = useClient();
  return useQuery({
    queryKey: ["patient", patient, "order", medicine],
    queryFn: ({ signal }) => {
      if (medicine === null) throw new Error("no medicine is chosen");
      return client.record.orderCheck({ patient, medicine }, { signal });
    },
    enabled: medicine !== null,
  });
}

const refusalOf = (error: unknown): (typeof KNOWN)[number] | undefined =>
  KNOWN.find((one) => one === contractError(error)?.code);

function Refusal({ error }: { readonly error: unknown }): ReactNode {
  const { t } = useTranslation();
  const code = refusalOf(error);
  if (code === undefined) return <ProblemNote error={error} />;
  return (
    <p className="note note-danger" role="alert">
      <Sign mark="warning" />
      {t(`order.refused.${code}`)}
    </p>
  );
}

const NOT: readonly NotOrderable[] = [
  "merged",
  "identity-held",
  "not-loaded",
  "deceased",
  "medicine-unknown",
];

function notOrderable(error: unknown): NotOrderable | null {
  const known = contractError(error);
  if (known?.code !== "NOT_ORDERABLE") return null;
  const { data } = known;
  const why = typeof data === "object" && data !== null && "why" in data ? data.why : null;
  return NOT.find((one) => one === why) ?? null;
}
