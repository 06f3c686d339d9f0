import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { instantWithOffset, useFormat, useNow } from "../app/index.ts";
import { doseUnits, type OrderEntry, orderRoutes, startOf, usualTimes } from "./order-entry.ts";

interface Part {
  readonly entry: OrderEntry;
  readonly change: (part: Partial<OrderEntry>) => void;
}

/** How much, by which way, how often, from when to when, and what for. */
export function OrderDose({ entry, change }: Part): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const id = useId();
  const start = startOf(entry.start, instantWithOffset(now));
  return (
    <>
      <div className="order-row">
        <div className="field">
          <label htmlFor={`${id}-amount`}>{t("order.amount")}</label>
          <input
            id={`${id}-amount`}
            inputMode="decimal"
            maxLength={12}
            dir="ltr"
            value={entry.amount}
            onChange={(event) => change({ amount: event.currentTarget.value })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-unit`}>{t("order.unit")}</label>
          <select
            id={`${id}-unit`}
            value={entry.unit}
            onChange={(event) =>
              change({
                unit: doseUnits.find((one) => one === event.currentTarget.value) ?? "",
              })
            }
          >
            <option value="">{t("order.chooseUnit")}</option>
            {doseUnits.map((one) => (
              <option key={one} value={one}>
                {t(`order.units.${one}`)}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-route`}>{t("order.route")}</label>
          <select
            id={`${id}-route`}
            value={entry.route}
            onChange={(event) =>
              change({
                route: orderRoutes.find((one) => one === event.currentTarget.value) ?? "",
              })
            }
          >
            <option value="">{t("order.chooseRoute")}</option>
            {orderRoutes.map((one) => (
              <option key={one} value={one}>
                {t(`order.routes.${one}`)}
              </option>
            ))}
          </select>
        </div>
      </div>
      <HowOften entry={entry} change={change} />
      <div className="order-row">
        <div className="field">
          <label htmlFor={`${id}-start`}>{t("order.start")}</label>
          <input
            id={`${id}-start`}
            type="text"
            inputMode="numeric"
            dir="ltr"
            maxLength={5}
            placeholder={format.time(now)}
            value={entry.start}
            aria-describedby={`${id}-start-hint`}
            onChange={(event) => change({ start: event.currentTarget.value })}
          />
          <p id={`${id}-start-hint`} className="quiet small">
            {start === null ? t("order.startHint") : format.moment(start, now)}
          </p>
        </div>
        <div className="field">
          <label htmlFor={`${id}-days`}>{t("order.days")}</label>
          <input
            id={`${id}-days`}
            inputMode="numeric"
            maxLength={3}
            dir="ltr"
            value={entry.days}
            aria-describedby={`${id}-days-hint`}
            onChange={(event) => change({ days: event.currentTarget.value })}
          />
          <p id={`${id}-days-hint`} className="quiet small">
            {t("order.daysHint")}
          </p>
        </div>
        <div className="field">
          <label htmlFor={`${id}-indication`}>{t("order.reason")}</label>
          <input
            id={`${id}-indication`}
            type="text"
            dir="auto"
            maxLength={300}
            value={entry.indication}
            aria-describedby={`${id}-indication-hint`}
            onChange={(event) => change({ indication: event.currentTarget.value })}
          />
          <p id={`${id}-indication-hint`} className="quiet small">
            {t("order.optional")}
          </p>
        </div>
      </div>
    </>
  );
}

function HowOften({ entry, change }: Part): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  return (
    <fieldset className="field-group">
      <legend>{t("order.howOften")}</legend>
      <div className="give-choice">
        {[false, true].map((needed) => (
          <label key={String(needed)} className="dialog-choice">
            <input
              type="radio"
              name={`${id}-how`}
              checked={entry.needed === needed}
              onChange={() => change({ needed })}
            />
            {t(needed ? "order.asNeeded" : "order.atTimes")}
          </label>
        ))}
      </div>
      {entry.needed ? (
        <div className="order-row">
          <div className="field">
            <label htmlFor={`${id}-for`}>{t("order.neededFor")}</label>
            <input
              id={`${id}-for`}
              type="text"
              dir="auto"
              maxLength={120}
              value={entry.neededFor}
              onChange={(event) => change({ neededFor: event.currentTarget.value })}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}-most`}>{t("order.most")}</label>
            <input
              id={`${id}-most`}
              inputMode="numeric"
              maxLength={2}
              dir="ltr"
              value={entry.most}
              onChange={(event) => change({ most: event.currentTarget.value })}
            />
          </div>
        </div>
      ) : (
        <div className="order-times">
          <div className="field">
            <label htmlFor={`${id}-count`}>{t("order.timesADay")}</label>
            <select
              id={`${id}-count`}
              value={entry.times.length}
              onChange={(event) =>
                change({ times: usualTimes[Number(event.currentTarget.value) - 1] ?? [] })
              }
            >
              {usualTimes.map((times) => (
                <option key={times.length} value={times.length}>
                  {t("order.times", { count: times.length })}
                </option>
              ))}
            </select>
          </div>
          {entry.times.map((time, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the first time is the first, whatever it says
            <div key={index} className="field order-time">
              <label htmlFor={`${id}-time-${index}`}>
                {t("order.timeNumber", { number: index + 1 })}
              </label>
              <input
                id={`${id}-time-${index}`}
                type="text"
                inputMode="numeric"
                dir="ltr"
                maxLength={5}
                value={time}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  change({ times: entry.times.map((one, each) => (each === index ? value : one)) });
                }}
              />
            </div>
          ))}
        </div>
      )}
    </fieldset>
  );
}
