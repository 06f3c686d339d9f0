import { SegmentedControl } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { useDisplay } from "../app/index.ts";

/** Language, theme and, in Arabic, digits: reachable before sign-in and after. */
export function DisplayControls(): ReactNode {
  const { t } = useTranslation();
  const { settings, change } = useDisplay();
  return (
    <div className="display-controls">
      <Choice
        label={t("app.language")}
        value={settings.language}
        options={[
          ["en", t("app.english")],
          ["ar", t("app.arabic")],
        ]}
        choose={(language) => change({ language })}
      />
      <Choice
        label={t("app.theme")}
        value={settings.theme}
        options={[
          ["day", t("app.day")],
          ["night", t("app.night")],
        ]}
        choose={(theme) => change({ theme })}
      />
      {settings.language === "ar" && (
        <Choice
          label={t("app.digits")}
          value={settings.digits}
          options={[
            ["latin", t("app.latinDigits")],
            ["arabic", t("app.arabicDigits")],
          ]}
          choose={(digits) => change({ digits })}
        />
      )}
    </div>
  );
}

function Choice<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly choose: (value: Value) => void;
}): ReactNode {
  const id = useId();
  return (
    <div className="display-choice">
      <span id={id} className="small">
        {props.label}
      </span>
      <SegmentedControl
        aria-labelledby={id}
        size="sm"
        withItemsBorders={false}
        transitionDuration={0}
        value={props.value}
        data={props.options.map(([value, label]) => ({ value, label }))}
        onChange={(chosen) => {
          const option = props.options.find(([value]) => value === chosen);
          if (option !== undefined) props.choose(option[0]);
        }}
      />
    </div>
  );
}
