import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type SyncView, useFormat } from "../app/index.ts";
import { Ago, Moment, Scroll } from "../parts/index.ts";
import { Judged, Pairs, Part } from "./part.tsx";

/** What was pulled of each type, when, and what is stuck; the line to the HIS, and what has not been sent. */
export function Sync(props: { readonly view: SyncView; readonly pages: number }): ReactNode {
  const { view, pages } = props;
  return (
    <div className="workstation">
      <Line line={view.line} />
      <Server line={view.line} />
      <Unsent unsent={view.unsent} pages={pages} />
      <Stuck view={view} />
      <Types view={view} />
      <Changes line={view.line} />
    </div>
  );
}

type Line = SyncView["line"];

function Line({ line }: { readonly line: Line }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  if (line === null)
    return (
      <Part title={t("sync.line")}>
        <p>{t("sync.noHis")}</p>
      </Part>
    );
  const { skew } = line;
  const seconds = (ms: number): string => format.number(Math.abs(ms) / 1000, 1);
  return (
    <Part title={t("sync.line")}>
      <Pairs
        pairs={[
          { name: t("sync.requests"), value: format.number(line.requestsLastHour) },
          {
            name: t("sync.roundTrip"),
            value:
              line.roundTripMs === null
                ? t("app.unknown")
                : t("sync.ms", { ms: format.number(line.roundTripMs) }),
          },
          { name: t("sync.nudges"), value: t(`sync.nudged.${line.nudges}`) },
          {
            name: t("sync.skew"),
            value:
              skew === null
                ? t("sync.skewUnknown")
                : Math.abs(skew.offsetMs) <= skew.plusMinusMs
                  ? t("sync.skewNone", { seconds: seconds(skew.plusMinusMs) })
                  : t(skew.offsetMs > 0 ? "sync.skewBehind" : "sync.skewAhead", {
                      seconds: seconds(skew.offsetMs),
                      margin: seconds(skew.plusMinusMs),
                    }),
          },
          {
            name: t("sync.nextTry"),
            value: line.nextTry === null ? "–" : <Moment at={line.nextTry} />,
          },
        ]}
      />
    </Part>
  );
}

function Server({ line }: { readonly line: Line }): ReactNode {
  const { t } = useTranslation();
  const server = line?.server ?? null;
  if (server === null)
    return (
      <Part title={t("sync.server")}>
        <p>{t("sync.serverUnknown")}</p>
      </Part>
    );
  return (
    <Part title={t("sync.server")}>
      <Pairs
        pairs={[
          {
            name: t("sync.software"),
            value: <bdi dir="ltr">{server.software ?? t("app.unknown")}</bdi>,
          },
          { name: "FHIR", value: <bdi dir="ltr">{server.fhirVersion}</bdi> },
          {
            name: t("sync.transactions"),
            value: t(server.transaction ? "sync.offered.all" : "sync.offered.none"),
          },
          { name: t("sync.history"), value: t(`sync.offered.${server.history}`) },
          { name: t("sync.clientIds"), value: t(`sync.offered.${server.clientIds}`) },
        ]}
      />
      <p className="quiet small">{t("sync.offeredNote")}</p>
    </Part>
  );
}

function Unsent(props: { readonly unsent: SyncView["unsent"]; readonly pages: number }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { unsent, pages } = props;
  return (
    <Part title={t("sync.unsent")}>
      <Judged ok={unsent.parked === 0}>
        {t("sync.parked")}: {format.number(unsent.parked)}
      </Judged>
      <Pairs
        pairs={[
          { name: t("sync.first"), value: format.number(unsent.first) },
          { name: t("sync.again"), value: format.number(unsent.again) },
        ]}
      />
      <p className="quiet">{t("workstation.inbox", { count: pages })}</p>
    </Part>
  );
}

/** CLINICAL: a type that is stuck ages while the rest is fresh: it stands apart from the table, by name. */
function Stuck({ view }: { readonly view: SyncView }): ReactNode {
  const { t } = useTranslation();
  const stuck = [
    ...view.types.flatMap(({ type, problem, deletionsProblem }) => [
      ...(problem === null ? [] : [{ what: type, problem }]),
      ...(deletionsProblem === null
        ? []
        : [{ what: `${type} · ${t("sync.deletions")}`, problem: deletionsProblem }]),
    ]),
    ...view.problems,
  ];
  return (
    <Part title={t("sync.stuck")}>
      {stuck.length === 0 ? (
        <Judged ok>{t("sync.nothingStuck")}</Judged>
      ) : (
        stuck.map(({ what, problem }) => (
          <Judged key={what} ok={false}>
            <b>
              <bdi>{what}</bdi>
            </b>{" "}
            <bdi>{problem}</bdi>
          </Judged>
        ))
      )}
    </Part>
  );
}

function Types({ view }: { readonly view: SyncView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const moment = (at: string | null): ReactNode => (at === null ? "–" : <Moment at={at} />);
  return (
    <Part title={t("workstation.sync")} wide>
      <Scroll label={t("workstation.sync")}>
        <table className="table" aria-label={t("workstation.sync")}>
          <thead>
            <tr>
              <th scope="col">{t("workstation.type")}</th>
              <th scope="col">{t("sync.held")}</th>
              <th scope="col">{t("sync.applied")}</th>
              <th scope="col">{t("workstation.cursor")}</th>
              <th scope="col">{t("workstation.lastPage")}</th>
              <th scope="col">{t("sync.deletions")}</th>
              <th scope="col">{t("sync.state")}</th>
            </tr>
          </thead>
          <tbody>
            {view.types.map((line) => {
              const ok = line.problem === null && line.deletionsProblem === null;
              return (
                <tr key={line.type}>
                  <td>
                    <bdi>{line.type}</bdi>
                  </td>
                  <td>{line.held === null ? t("sync.closed") : format.number(line.held)}</td>
                  <td>{moment(line.asOf)}</td>
                  <td>{moment(line.cursor)}</td>
                  <td>{moment(line.lastPage)}</td>
                  <td>{moment(line.deletionsAt)}</td>
                  <td>
                    <Judged ok={ok}>{t(ok ? "sync.inOrder" : "sync.isStuck")}</Judged>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </Part>
  );
}

function Changes({ line }: { readonly line: Line }): ReactNode {
  const { t } = useTranslation();
  if (line === null || line.changes.length === 0) return null;
  return (
    <Part title={t("sync.changes")} wide>
      <ol className="sync-changes">
        {line.changes.map((change) => (
          <li key={`${change.at} ${change.state} ${change.cause}`}>
            <Moment at={change.at} />{" "}
            <span className="quiet small">
              (<Ago at={change.at} />)
            </span>{" "}
            <b>{t(`sync.was.${change.state}`)}</b>
            {change.cause !== null && ` · ${t(`connection.cause.${change.cause}.short`)}`}{" "}
            {change.detail !== null && (
              <bdi className="quiet small" dir="ltr" lang="en">
                {change.detail}
              </bdi>
            )}
          </li>
        ))}
      </ol>
    </Part>
  );
}
