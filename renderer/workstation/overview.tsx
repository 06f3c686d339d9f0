import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useNow } from "../app/index.ts";
import { Ago, Moment, Sign } from "../parts/index.ts";
import { type Alert, isGrave, timeLeft } from "./alerts.ts";
import { Judged, Pairs, Part } from "./part.tsx";
import { sortSlots } from "./slots.ts";
import type { KeysView } from "./types.ts";

/** What needs attention, and below it how long this PC still works by itself and how old its keys are. */
export function Overview(props: {
  readonly keys: KeysView | undefined;
  readonly alerts: readonly Alert[];
}): ReactNode {
  const { t } = useTranslation();
  const { keys, alerts } = props;
  return (
    <div className="workstation">
      <section className="workstation-wide workstation-alerts" aria-label={t("keys.attention")}>
        {alerts.length === 0 && keys !== undefined && (
          <p className="note note-good">
            <Sign mark="check" />
            {t("keys.allGood")}
          </p>
        )}
        {alerts.map(({ kind, detail }) => (
          <p
            key={kind}
            className={isGrave(kind) ? "note note-danger" : "note note-warn"}
            data-testid={`alert-${kind}`}
          >
            <Sign mark={isGrave(kind) ? "stop" : "warning"} />
            <span>
              <b>{t(`keys.alert.${kind}`)}</b> {detail !== null && <bdi>{detail}</bdi>}
            </span>
          </p>
        ))}
      </section>
      {keys !== undefined && (
        <>
          <Offline keys={keys} />
          <Summary keys={keys} />
        </>
      )}
    </div>
  );
}

function Offline({ keys }: { readonly keys: KeysView }): ReactNode {
  const { t } = useTranslation();
  const now = useNow(30_000);
  const { offline, time } = keys;
  const end = offline.limitAt;
  const left = end === null ? null : timeLeft(end, now);
  const leftText =
    left === null
      ? null
      : left.unit === "days"
        ? t("time.days", { count: left.count })
        : left.unit === "hours"
          ? t("keys.hours", { count: left.count })
          : t("keys.minutes", { count: left.count });
  const moment = (at: string | null, none: string): ReactNode =>
    at === null ? none : <Moment at={at} />;
  return (
    <Part title={t("keys.limit")}>
      <Judged ok={end === null || left !== null || time.doubtful}>
        {end === null
          ? t("keys.limitNone")
          : leftText === null
            ? t("keys.limitPassed")
            : t("keys.limitLeft", { left: leftText })}
      </Judged>
      {time.doubtful && <p>{t("keys.doubtful")}</p>}
      <Pairs
        pairs={[
          { name: t("keys.limitAt"), value: moment(offline.limitAt, "–") },
          {
            name: t("keys.extendedUntil"),
            value: moment(offline.extendedUntil, t("keys.notExtended")),
          },
          { name: t("keys.lastHeard"), value: moment(offline.lastHeard, t("keys.never")) },
        ]}
      />
    </Part>
  );
}

function Summary({ keys }: { readonly keys: KeysView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { people } = sortSlots(keys.slots);
  const count = (state: "ready" | "pending"): string =>
    format.number(people.filter((slot) => slot.state === state).length);
  const { checked, found } = keys.rollback;
  return (
    <Part title={t("keys.summary")}>
      <Judged ok={found.length === 0}>
        {t("keys.rollback")}:{" "}
        {found.length > 0
          ? t("keys.rollbackFound", { files: found.join(", ") })
          : t(checked ? "keys.rollbackGood" : "keys.rollbackUnchecked")}
      </Judged>
      <Pairs
        pairs={[
          { name: t("keys.canSignIn"), value: count("ready") },
          { name: t("keys.waiting"), value: count("pending") },
          {
            name: t("keys.vaultEpoch"),
            value:
              keys.vaultEpoch === null ? t("keys.vaultClosed") : format.number(keys.vaultEpoch),
          },
          {
            name: t("keys.deviceKey"),
            value: keys.deviceKeyFrom === null ? t("app.unknown") : <Ago at={keys.deviceKeyFrom} />,
          },
        ]}
      />
    </Part>
  );
}
