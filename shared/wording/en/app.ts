// What every screen shares, in English.

export const app = {
  preview: "Preview: not for patient care",
  language: "Language",
  english: "English",
  arabic: "العربية",
  theme: "Screen",
  day: "Day",
  night: "Night",
  digits: "Digits",
  latinDigits: "123",
  arabicDigits: "١٢٣",
  close: "Close",
  tryAgain: "Try again",
  loading: "Reading from this PC…",
  unknown: "not known",
  asOf: "As of {{when}}",
  asOfUnknown: "As of: not known",
  version: "Version {{version}} · {{workstation}}",
  list: "{{first}}, {{rest}}",
  hijri: "{{gregorian}} · {{hijri}}",
};

export const time = {
  now: "just now",
  minutesAgo_one: "{{count}} min ago",
  minutesAgo_other: "{{count}} min ago",
  hoursAgo_one: "{{count}} h ago",
  hoursAgo_other: "{{count}} h ago",
  daysAgo_one: "{{count}} day ago",
  daysAgo_other: "{{count}} days ago",
  years_one: "{{count}} year",
  years_other: "{{count}} years",
  months_one: "{{count}} month",
  months_other: "{{count}} months",
  days_one: "{{count}} day",
  days_other: "{{count}} days",
  today: "today {{time}}",
  yesterday: "yesterday {{time}}",
  shortYears: "{{value}} y",
  shortMonths: "{{value}} mo",
  shortDays: "{{value}} d",
};

export const role = {
  nurse: "Nurse",
  doctor: "Doctor",
  pharmacist: "Pharmacist",
  "privacy-officer": "Privacy officer",
};

export const sex = { male: "Male", female: "Female", other: "Other", unknown: "Sex not known" };

export const sexShort = { male: "M", female: "F", other: "X", unknown: "?" };

export const cover = {
  title: "Locked",
  text: "Patient records have been cleared from this screen. The sign-in screen is loading.",
  stuck: "If the sign-in screen does not appear, open it here. Nothing you charted is lost.",
  reload: "Open the sign-in screen",
  lostTitle: "The connection inside this PC was lost",
  lostText:
    "The part of Amanah that keeps the records stopped answering, so this screen was cleared. What you saved is kept on this PC, and so is what you were typing. Amanah restarts it by itself; if this stays, restart Amanah.",
  noLinkTitle: "This preview link was used already",
  noLinkText:
    "Each preview link opens once. Start Amanah again with npm start and open the link it prints. Nothing was lost.",
  takenTitle: "Amanah is open in another tab",
  takenText:
    "Another tab of this browser took over, so this one was cleared. Go on there, or close it and start again with npm start.",
  failedTitle: "Amanah could not start",
  failedText:
    "This screen could not reach the part of Amanah that keeps the records. Nothing was deleted. Restart Amanah; if this stays, call IT and use paper downtime forms.",
};
