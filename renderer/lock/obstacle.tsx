import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Obstacle, useNavigation } from "../app/index.ts";
import { Sign } from "../parts/index.ts";

/** What IT can do about it at this PC: type a code, or see the state and join it anew. */
const forIt: Partial<Record<Obstacle, "typeCode" | "openIt">> = {
  "offline-limit": "typeCode",
  "sealed-by-it": "typeCode",
  "not-joined": "openIt",
  wiped: "openIt",
};

/** Why nobody can sign in here: what happened, what was kept, what to do, and the detail for IT. Never a dead end. */
export function ObstacleNote(props: {
  readonly obstacle: Obstacle;
  readonly detail: string | null;
}): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const { obstacle } = props;
  const screen = forIt[obstacle];
  return (
    <section className="obstacle" role="alert">
      <h2>
        <Sign mark="stop" />
        {t(`obstacle.${obstacle}.title`)}
      </h2>
      <p className="strong">{t("obstacle.heading")}</p>
      <dl>
        <dt>{t("obstacle.what")}</dt>
        <dd>{t(`obstacle.${obstacle}.what`)}</dd>
        <dt>{t("obstacle.kept")}</dt>
        <dd>{t(`obstacle.${obstacle}.kept`)}</dd>
        <dt>{t("obstacle.todo")}</dt>
        <dd>{t(`obstacle.${obstacle}.todo`)}</dd>
        {props.detail !== null && (
          <>
            <dt>{t("obstacle.forIt")}</dt>
            <dd>
              <bdi>{props.detail}</bdi>
            </dd>
          </>
        )}
      </dl>
      {screen !== undefined && (
        <Button
          className="obstacle-it"
          variant="default"
          size="md"
          onClick={() => go({ screen: "workstation" })}
        >
          {t(`obstacle.${screen}`)}
        </Button>
      )}
    </section>
  );
}
