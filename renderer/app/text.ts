import { createInstance, type FormatterModule, type i18n } from "i18next";
import { ar, en } from "../../shared/wording/index.ts";
import { type Format, toArabicDigits } from "./format.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

type Tree = { [key: string]: string | Tree };

/** Our sentences with Arabic-Indic digits; the names of placeholders stay. */
function withArabicDigits(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value !== "string"
        ? withArabicDigits(value)
        : key === "latinDigits"
          ? value
          : toArabicDigits(value),
    ]),
  );
}

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/** A value set into a sentence of the other direction keeps its own direction and never pulls its neighbours along. */
export function isolate(value: string, language: "en" | "ar"): string {
  const foreign = language === "ar" ? /[A-Za-z0-9]/u : /[\u0590-\u08FF]/u;
  return foreign.test(value) ? FIRST_STRONG_ISOLATE + value + POP_ISOLATE : value;
}

/** The sentences of one language and one kind of digits, ready at once. */
export async function createText(format: Format): Promise<i18n> {
  const { language, digits } = format.settings;
  const text = createInstance();
  text.use(
    formatter((value) =>
      typeof value === "number" ? format.number(value) : isolate(String(value), language),
    ),
  );
  await text.init({
    lng: language,
    fallbackLng: false,
    resources: {
      en: { translation: en },
      ar: { translation: digits === "arabic" ? withArabicDigits(ar) : ar },
    },
    interpolation: { escapeValue: false, alwaysFormat: true },
  });
  return text;
}

/** i18next's own formatter knows locales, not our setting of digits. */
function formatter(format: (value: unknown) => string): FormatterModule {
  return { type: "formatter", init: ignore, add: ignore, addCached: ignore, format };
}

function ignore(): void {}
