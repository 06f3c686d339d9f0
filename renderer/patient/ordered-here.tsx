import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import {
  howOftenWords,
  type OrderedHere as Here,
  useFormat,
  useNavigation,
  useNow,
  useStatus,
} from "../app/index.ts";
import { Pieces, Sign } from "../parts/index.ts";
import { CheckMark } from "./check-notes.tsx";

/**
 * What was ordered on this PC and has not come back from the HIS. CLINICAL: apart from the orders, and without anything to give
 * by: the same may stand on paper.
 */
export function OrderedHere({ orders }: { readonly orders: readonly Here[] }): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const { connection } = useStatus();
  if (orders.length === 0) return null;
  const isCutOff = connection.state !== "live" && connection.state !== "catching-up";
  return (
    <section className="note note-warn check ordered-here" aria-label={t("order.here.title")}>
      <Sign mark="clock" />
      <div>
        <p className="strong">{t("order.here.title")}</p>
        <ul className="check-reasons">
          {orders.map((order) => (
            <One key={order.act} order={order} />
          ))}
        </ul>
        <p className="small">{t(isCutOff ? "order.here.outage" : "order.here.until")}</p>
        <Button variant="default" onClick={() => go({ screen: "outbox" })}>
          {t("order.here.outbox")}
        </Button>
      </div>
    </section>
  );
}

function One({ order }: { readonly order: Here }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const when = format.moment(order.at, now);
  const said = [order.dose, order.route, howOftenWords(order.frequency, t, format)];
  return (
    <li>
      <bdi>
        <b>{order.medicine}</b>
      </bdi>{" "}
      <Pieces of={said} />
      {!order.coded && <span className="small"> ({t("order.uncoded")})</span>}
      <CheckMark check={order.check} />
      <div className="small">
        {order.by === null
          ? t("order.here.orderedNobody", { when })
          : t("order.here.ordered", { when, by: order.by })}
        {" · "}
        <b>{t(order.missing ? "order.here.missing" : `order.here.${order.state}`)}</b>
      </div>
    </li>
  );
}
