import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useStatus } from "../app/index.ts";
import { Scroll } from "../parts/index.ts";
import { Bring, KindName, Verdict } from "./bring.tsx";
import { ItCode } from "./code.tsx";
import { Part } from "./part.tsx";
import type { KeysView } from "./types.ts";

/** What the control key has ordered, and the two ways to bring an order by hand. */
export function Orders({ keys }: { readonly keys: KeysView }): ReactNode {
  const { obstacle } = useStatus().session;
  return (
    <div className="workstation">
      <ItCode
        challenge={keys.itChallenge}
        sealed={keys.sealedByIt !== null || obstacle === "sealed-by-it"}
      />
      <Bring />
      <Held keys={keys} />
      <Refused keys={keys} />
    </div>
  );
}

function Held({ keys }: { readonly keys: KeysView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Part title={t("keys.statements")} wide>
      {keys.statements.length === 0 ? (
        <p className="quiet">{t("keys.statementsNone")}</p>
      ) : (
        <Scroll label={t("keys.statements")}>
          <table className="table" aria-label={t("keys.statements")}>
            <thead>
              <tr>
                <th scope="col">{t("keys.kind")}</th>
                <th scope="col">{t("keys.subject")}</th>
                <th scope="col">{t("keys.number")}</th>
                <th scope="col">{t("keys.expires")}</th>
              </tr>
            </thead>
            <tbody>
              {keys.statements.map((one) => (
                <tr key={`${one.kind}|${one.subject}|${one.number}`}>
                  <td>
                    <KindName kind={one.kind} />
                  </td>
                  <td>
                    <bdi dir="ltr">{one.subject}</bdi>
                  </td>
                  <td>{format.number(one.number)}</td>
                  <td>
                    <bdi>{format.date(one.expiresAt)}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Part>
  );
}

function Refused({ keys }: { readonly keys: KeysView }): ReactNode {
  const { t } = useTranslation();
  return (
    <Part title={t("keys.refused")} wide>
      {keys.refused.length === 0 && <p className="quiet">{t("keys.refusedNone")}</p>}
      {keys.refused.map(({ reason, count }) => (
        <p key={reason}>
          <Verdict verdict={reason} /> · {t("keys.refusedTimes", { count })}
        </p>
      ))}
    </Part>
  );
}
