import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useNow } from "../app/index.ts";
import { clinicianName, type Mark, Scroll, Sign } from "../parts/index.ts";
import { Part } from "./part.tsx";
import { endsSoon, envelopeName, sortSlots } from "./slots.ts";
import type { KeysView, Slot } from "./types.ts";

const marks: Record<Slot["state"], Mark> = {
  ready: "check",
  pending: "clock",
  revoked: "stop",
  expired: "clock",
  used: "same",
};
const chips: Record<Slot["state"], string> = {
  ready: "chip-good",
  pending: "chip-warn",
  revoked: "chip-danger",
  expired: "chip-warn",
  used: "chip-plain",
};

/** Whose slots this PC holds, people and envelopes. */
export function People({ keys }: { readonly keys: KeysView }): ReactNode {
  const { t } = useTranslation();
  const { people, envelopes } = sortSlots(keys.slots);
  return (
    <div className="workstation">
      <Part title={t("keys.slots")} wide>
        {people.length === 0 ? (
          <p className="quiet">{t("keys.slotsNone")}</p>
        ) : (
          <Table people={people} />
        )}
      </Part>
      <Part title={t("keys.envelopes")} wide>
        {envelopes.length === 0 && <p className="quiet">{t("keys.envelopesNone")}</p>}
        {envelopes.length > 0 && (
          <Scroll label={t("keys.envelopes")}>
            <table className="table" aria-label={t("keys.envelopes")}>
              <thead>
                <tr>
                  <th scope="col">{t("keys.envelope")}</th>
                  <th scope="col">{t("keys.state")}</th>
                  <th scope="col">{t("keys.validTo")}</th>
                  <th scope="col">{t("keys.wrongPins")}</th>
                </tr>
              </thead>
              <tbody>
                {envelopes.map((slot) => (
                  <tr key={slot.holder}>
                    <th scope="row">
                      <bdi dir="ltr">{envelopeName(slot.holder)}</bdi>
                    </th>
                    <td>
                      <State
                        slot={slot}
                        word={slot.state === "ready" ? t("keys.envelopeReady") : undefined}
                      />
                    </td>
                    <td>
                      <ValidTo slot={slot} />
                    </td>
                    <td>
                      <WrongPins count={slot.wrongPins} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Part>
    </div>
  );
}

function Table({ people }: { readonly people: readonly Slot[] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { language } = format.settings;
  return (
    <Scroll label={t("keys.slots")}>
      <table className="table" aria-label={t("keys.slots")}>
        <thead>
          <tr>
            <th scope="col">{t("keys.person")}</th>
            <th scope="col">{t("keys.role")}</th>
            <th scope="col">{t("keys.state")}</th>
            <th scope="col">{t("keys.validTo")}</th>
            <th scope="col">{t("keys.badges")}</th>
            <th scope="col">{t("keys.wrongPins")}</th>
          </tr>
        </thead>
        <tbody>
          {people.map((slot) => (
            <tr key={slot.holder}>
              <th scope="row">
                {slot.name !== null && <bdi>{clinicianName({ name: slot.name }, language)}</bdi>}{" "}
                <bdi dir="ltr" className="quiet small">
                  {slot.holder}
                </bdi>
              </th>
              <td>{slot.roles.map((role) => t(`role.${role}`)).join(" · ") || "–"}</td>
              <td>
                <State slot={slot} word={undefined} />
              </td>
              <td>
                <ValidTo slot={slot} />
              </td>
              <td>{format.number(slot.badges)}</td>
              <td>
                <WrongPins count={slot.wrongPins} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function State(props: { readonly slot: Slot; readonly word: string | undefined }): ReactNode {
  const { t } = useTranslation();
  const { state } = props.slot;
  return (
    <span className={`chip ${chips[state]}`}>
      <Sign mark={marks[state]} />
      {props.word ?? t(`keys.slot.${state}`)}
    </span>
  );
}

function ValidTo({ slot }: { readonly slot: Slot }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <span className="marks">
      <bdi>{format.date(slot.validTo)}</bdi>
      {endsSoon(slot, now) && (
        <span className="chip chip-warn">
          <Sign mark="clock" />
          {t("keys.soon")}
        </span>
      )}
    </span>
  );
}

function WrongPins({ count }: { readonly count: number }): ReactNode {
  const format = useFormat();
  if (count === 0) return format.number(0);
  return (
    <span className="chip chip-warn">
      <Sign mark="warning" />
      {format.number(count)}
    </span>
  );
}
