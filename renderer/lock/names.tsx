import { TextInput } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { I18nProvider, ListBox, ListBoxItem, Text } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { foldName, type SessionView, useFormat } from "../app/index.ts";
import { clinicianName, Sign } from "../parts/index.ts";

type Listed = SessionView["clinicians"][number];
const SEARCH_FROM = 9;
const states = { ready: 0, pending: 1, expired: 2, revoked: 3 } as const;

/** The large list of names: touch, arrow keys, or the first letters of a name. Who cannot sign in yet is shown, with why. */
export function Names(props: {
  readonly clinicians: readonly Listed[];
  readonly chosen: string | null;
  /** Badges are used here: a tap chooses as well. */
  readonly taps: boolean;
  /** Arrow keys only walk through the names. */
  readonly choose: (clinician: Listed) => void;
  /** She has touched her name, or pressed Enter on it: the PIN is next. */
  readonly settle: (clinician: Listed) => void;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const [sought, setSought] = useState("");
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    // A badge may choose somebody far down the list.
    if (props.chosen !== null)
      list.current?.querySelector("[data-selected]")?.scrollIntoView({ block: "nearest" });
  }, [props.chosen]);
  const shown = props.clinicians
    .filter((c) => foldName(`${c.name.en} ${c.name.ar}`).includes(foldName(sought)))
    .toSorted(
      (a, b) =>
        states[a.slot] - states[b.slot] ||
        clinicianName(a, language).localeCompare(clinicianName(b, language), language),
    );
  return (
    <section ref={list} className="lock-names" aria-label={t("lock.choose")}>
      <h2 className="lock-title lock-ask">
        {props.taps && <Sign mark="badge" />}
        {t(props.taps ? "lock.tapOrChoose" : "lock.choose")}
      </h2>
      {props.clinicians.length >= SEARCH_FROM && (
        <TextInput
          size="md"
          aria-label={t("lock.find")}
          placeholder={t("lock.find")}
          leftSection={<Sign mark="search" />}
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
      )}
      {shown.length === 0 && <p className="empty">{t("lock.noMatch")}</p>}
      <I18nProvider locale={language}>
        <ListBox
          className="lock-list"
          aria-label={t("lock.choose")}
          selectionMode="single"
          selectionBehavior="replace"
          selectedKeys={props.chosen === null ? [] : [props.chosen]}
          disabledKeys={shown.filter((c) => c.slot !== "ready").map((c) => c.id)}
          onSelectionChange={(keys) => {
            const [key] = keys;
            const one = props.clinicians.find((c) => c.id === key);
            if (one !== undefined) props.choose(one);
          }}
          items={shown}
          dependencies={[language, t]}
        >
          {(one) => (
            <ListBoxItem
              id={one.id}
              className="lock-name"
              textValue={clinicianName(one, language)}
              onPress={() => props.settle(one)}
            >
              <Text slot="label" className="lock-name-label">
                <bdi className="lock-name-text">{clinicianName(one, language)}</bdi>{" "}
                <span className="lock-role">
                  {one.roles.map((role) => t(`role.${role}`)).join(" · ")}
                </span>
                {one.slot !== "ready" && <span className="lock-why"> {t(`lock.${one.slot}`)}</span>}
              </Text>
            </ListBoxItem>
          )}
        </ListBox>
      </I18nProvider>
    </section>
  );
}
