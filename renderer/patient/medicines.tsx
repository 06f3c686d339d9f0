import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type MedicineOrder,
  type PatientView,
  howOftenWords,
  useFormat,
  useNow,
  useStatus,
} from "../app/index.ts";
import { DoubleDoses } from "./double-doses.tsx";
import { Elsewhere, Moment, Scroll, Section, Sign } from "../parts/index.ts";
import { Before, changesIn } from "./changed-order.tsx";
import { CheckMark } from "./check-notes.tsx";
import { Give } from "./give.tsx";
import { orderStanding } from "./hold-words.ts";
import { Order } from "./order.tsx";
import { OrderedHere } from "./ordered-here.tsx";

export const isCurrent = (order: MedicineOrder): boolean =>
  order.status === "active" || order.status === "on-hold" || order.status === "other";

/** The medicine orders as ordered, with their next due time; what other PCs gave in an outage cannot be seen, and it says so. */
export function Medicines({ view }: { readonly view: PatientView }): ReactNode {
  const { t } = useTranslation();
  const { session, hisSigns } = useStatus();
  const [giving, setGiving] = useState<string | null>(null);
  const mayGive =
    session.emergency === null &&
    (session.clinician?.roles.some((role) => role === "nurse" || role === "doctor") ?? false);
  const [ordering, setOrdering] = useState(false);
  const mayOrder =
    session.emergency === null && (session.clinician?.roles.includes("doctor") ?? false);
  const chosen = view.medicines.find((order) => order.id === giving);
  const current = view.medicines.filter(isCurrent);
  const past = view.medicines.filter((order) => !isCurrent(order));
  return (
    <Section title={t("patient.tab.medicines")} kind="medicines" state={view.medicinesSection}>
      <Elsewhere doses />
      <DoubleDoses view={view} />
      {mayOrder && (
        <p className="orders-new">
          <Button variant="default" onClick={() => setOrdering(true)}>
            {t("order.open")}
          </Button>
        </p>
      )}
      <OrderedHere orders={view.orderedHere} />
      {!hisSigns && view.medicines.length > 0 && (
        <p className="small quiet unsigned-note">{t("guard.hisDoesNotSignOrders")}</p>
      )}
      {view.medicines.length === 0 && view.medicinesSection.loaded && (
        <p className="empty">{t("medicine.none")}</p>
      )}
      {current.length > 0 && (
        <Orders
          title={t("medicine.current")}
          orders={current}
          view={view}
          {...(mayGive && { give: (order: MedicineOrder) => setGiving(order.id) })}
        />
      )}
      {past.length > 0 && <Orders title={t("medicine.past")} orders={past} view={view} />}
      {ordering && <Order patient={view.banner.patient} close={() => setOrdering(false)} />}
      {chosen !== undefined && (
        <Give key={chosen.id} view={view} order={chosen} close={() => setGiving(null)} />
      )}
    </Section>
  );
}

function Orders(props: {
  readonly title: string;
  readonly orders: readonly MedicineOrder[];
  readonly view: Pick<PatientView, "changedOrders" | "orderedOtherwise" | "standings">;
  /** Absent: nothing of it can be given by who is signed in. */
  readonly give?: (order: MedicineOrder) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const isOtherwise = ({ id }: MedicineOrder): boolean => props.view.orderedOtherwise.includes(id);
  return (
    <Scroll label={props.title}>
      <table className="table orders">
        <caption>{props.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t("medicine.medicine")}</th>
            <th scope="col">{t("medicine.dose")}</th>
            <th scope="col">{t("medicine.route")}</th>
            <th scope="col">{t("medicine.frequency")}</th>
            <th scope="col">{t("medicine.next")}</th>
            <th scope="col">{t("medicine.last")}</th>
            <th scope="col">{t("medicine.status")}</th>
            {props.give !== undefined && <th scope="col">{t("give.column")}</th>}
          </tr>
        </thead>
        <tbody>
          {props.orders.map((order) => (
            <tr key={order.id} className={isCurrent(order) ? "" : "quiet"}>
              <td className="orders-medicine">
                <bdi>
                  <b>{order.medicine}</b>
                </bdi>
                <Before lines={props.view.changedOrders[order.id]} otherwise={isOtherwise(order)} />
                <CheckMark check={order.check} />
                {order.instructions !== undefined && (
                  <div className="small">
                    <bdi>{order.instructions}</bdi>
                  </div>
                )}
                {changesIn(props.view.changedOrders[order.id]).length === 0 && (
                  <OrderStanding view={props.view} id={order.id} />
                )}
              </td>
              <td>
                <bdi>{order.dose ?? "–"}</bdi>
              </td>
              <td>
                <bdi>{order.route ?? "–"}</bdi>
              </td>
              <td>
                <bdi>{howOftenWords(order.frequency, t, format) ?? "–"}</bdi>
              </td>
              <td>
                <Due order={order} />
              </td>
              <td>
                {order.lastGiven === null ? (
                  <span className="quiet">{t("medicine.notKnown")}</span>
                ) : (
                  <Moment at={order.lastGiven} />
                )}
              </td>
              <td>
                <span className={order.status === "on-hold" ? "chip chip-warn" : ""}>
                  {t(`medicine.${order.status}`)}
                </span>
                {order.authoredOn !== null && (
                  <div className="quiet small">
                    {format.fhirDate(order.authoredOn)}
                    {order.requester !== null && (
                      <>
                        {" · "}
                        <bdi>{order.requester}</bdi>
                      </>
                    )}
                  </div>
                )}
              </td>
              {props.give !== undefined && (
                <td>
                  {isOtherwise(order) && <b>{t("guard.giveNot")}</b>}
                  {order.status === "active" && !isOtherwise(order) && (
                    <Button
                      {...(!order.overdue && { variant: "default" })}
                      aria-label={t("give.open", { medicine: order.medicine })}
                      onClick={() => props.give?.(order)}
                    >
                      {t("give.column")}
                    </Button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** CLINICAL: an order that nobody signed is given like any other (ADR 29), and says that nobody did. */
function OrderStanding(props: {
  readonly view: Pick<PatientView, "standings">;
  readonly id: string;
}): ReactNode {
  const { t } = useTranslation();
  const { hisSigns } = useStatus();
  const standing = orderStanding(props.view, props.id, hisSigns);
  return standing !== null && <div className="quiet small">{t(`guard.standing.${standing}`)}</div>;
}

/** When the next dose is due, in words. */
export function Due({ order }: { readonly order: MedicineOrder }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  if (order.status !== "active") return <span className="quiet">–</span>;
  if (order.overdue)
    return (
      <span className="chip chip-danger chip-wraps">
        <Sign mark="clock" />
        {order.nextDue === null
          ? t("medicine.overdue")
          : t("medicine.overdueSince", { when: format.moment(order.nextDue, now) })}
      </span>
    );
  if (order.nextDue !== null)
    return <span>{t("medicine.dueAt", { when: format.moment(order.nextDue, now) })}</span>;
  return (
    <span className="quiet">
      {order.asNeeded ? t("medicine.asNeeded") : t("medicine.unknownTime")}
    </span>
  );
}
