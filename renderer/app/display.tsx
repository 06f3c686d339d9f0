import { DirectionContext, MantineProvider } from "@mantine/core";
import type { i18n } from "i18next";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { I18nextProvider } from "react-i18next";
import { theme } from "../style/index.ts";
import { createFormat, type Format } from "./format.ts";
import { type DisplaySettings, hasChosen, readSettings, writeSettings } from "./settings.ts";
import { createText } from "./text.ts";

interface Display {
  readonly settings: DisplaySettings;
  readonly format: Format;
  readonly change: (change: Partial<DisplaySettings>) => void;
  /** What IT set for this PC: shown until somebody chooses. */
  readonly siteDefault: (set: Pick<DisplaySettings, "language" | "digits">) => void;
}
const DisplayContext = createContext<Display | null>(null);

/** Language, theme and digits of the screen, and how to change them. */
export function useDisplay(): Display {
  const display = useContext(DisplayContext);
  if (display === null) throw new Error("Outside of <DisplayProvider>.");
  return display;
}
export function useFormat(): Format {
  return useDisplay().format;
}

/** Gives the page its language, direction, digits and theme; renders nothing until the words are there. */
export function DisplayProvider(props: {
  readonly storage: Storage;
  readonly nonce: string;
  readonly children: ReactNode;
}): ReactNode {
  const [settings, setSettings] = useState(() => readSettings(props.storage));
  const { language, digits, theme: shade } = settings;
  const format = useMemo(() => createFormat({ language, digits }), [language, digits]);
  const [words, setWords] = useState<{ text: i18n; format: Format } | null>(null);

  useEffect(() => {
    let current = true;
    void createText(format).then((text) => {
      if (current) setWords({ text, format });
    });
    return () => {
      current = false;
    };
  }, [format]);

  const shown = words?.format.settings.language ?? language;
  const direction = shown === "ar" ? "rtl" : "ltr";
  useEffect(() => {
    document.documentElement.lang = shown;
    document.documentElement.dir = direction;
  }, [shown, direction]);

  const display = useMemo<Display | null>(
    () =>
      words && {
        settings,
        format: words.format,
        change: (change) => {
          const next = { ...settings, ...change };
          writeSettings(props.storage, next);
          setSettings(next);
        },
        siteDefault: (set) => {
          if (hasChosen(props.storage)) return;
          if (set.language !== settings.language || set.digits !== settings.digits)
            setSettings({ ...settings, ...set });
        },
      },
    [settings, words, props.storage],
  );

  // The language alone decides the direction, so that a form half filled in survives a change of it.
  const mantineDirection = useMemo(
    () => ({ dir: direction, setDirection: ignore, toggleDirection: ignore }) as const,
    [direction],
  );

  if (words === null || display === null) return null;
  return (
    <DisplayContext value={display}>
      <I18nextProvider i18n={words.text}>
        <DirectionContext value={mantineDirection}>
          <MantineProvider
            theme={theme}
            forceColorScheme={shade === "night" ? "dark" : "light"}
            getStyleNonce={() => props.nonce}
          >
            {props.children}
          </MantineProvider>
        </DirectionContext>
      </I18nextProvider>
    </DisplayContext>
  );
}

function ignore(): void {}
