// A patient's record, in English.

export const patient = {
  back: "Ward board",
  born: "Born",
  sex: "Sex",
  mrn: "MRN",
  bed: "Bed",
  code: "Resuscitation status",
  codeNone: "None recorded",
  codeUnread: "Could not be read",
  codeUnsigned: "not signed: confirm with the team",
  alerts: "Alerts",
  asOf: "Oldest section as of",
  deceased: "Deceased",
  mergedInto: "The hospital has merged this record into {{mrn}}. Do not chart here.",
  mergedOpen: "Open that record",
  mergedFrom: "Merged record: what was under {{mrn}} is shown here too.",
  tabs: "Sections of the record",
  chart: "Chart vitals",
  banner: "Patient",
  draft: "Vitals typed at {{when}} are kept here, not saved yet.",
  continueDraft: "Continue",
  tab: {
    summary: "Summary",
    allergies: "Allergies",
    medicines: "Medicines",
    vitals: "Vitals",
    results: "Results",
    notes: "Notes",
  },
  section: {
    notLoaded: "Not loaded yet",
    notLoadedLong: "This PC has not received this section yet. Do not take it as none.",
    damaged: "Damaged on this PC",
    damagedLong:
      "Part of this section could not be read from the disk. What could be saved is shown; the rest comes again from the HIS.",
    unreadable_one: "{{count}} record could not be read",
    unreadable_other: "{{count}} records could not be read",
    unreadableText: "Text found: {{text}}",
    unreadableNoText: "No text could be read.",
  },
};

export const summary = {
  problems: "Problems",
  noProblems: "No active problems recorded",
  since: "since {{when}}",
  medicines: "Active medicines",
  noMedicines: "No active medicines recorded",
  vitals: "Last vitals",
  noVitals: "No vitals recorded",
  results: "Abnormal results",
  noResults: "No abnormal results recorded",
  all: "Show all",
  more_one: "{{count}} more",
  more_other: "{{count}} more",
  takenAt: "Taken {{when}}",
};

export const results = {
  name: "Test",
  value: "Result",
  range: "Reference range",
  status: "Status",
  onlyAbnormal: "Abnormal only",
  none: "No results recorded",
  noneAbnormal: "No abnormal results",
  low: "low",
  high: "high",
  "critical-low": "critically low",
  "critical-high": "critically high",
  abnormal: "abnormal",
  otherPanel: "Single tests",
  state: {
    registered: "registered",
    preliminary: "preliminary",
    final: "final",
    amended: "amended",
    corrected: "corrected",
    cancelled: "cancelled",
    "entered-in-error": "entered in error",
    unknown: "status unknown",
  },
};

export const notes = {
  none: "No notes recorded",
  undated: "no date",
};

export const override = {
  title: "Outside your patients",
  text: "{{name}} is not one of your patients: not on your wards and not in your care teams.",
  textUnnamed: "This patient is not one of yours: not on your wards and not in your care teams.",
  recorded:
    "With a reason you can open the record until you are signed out. It is recorded with your name and reviewed by somebody else.",
  why: "Why do you open this record?",
  reason: {
    "asked-to-help": "I was asked to help",
    "called-to-emergency": "I was called to an emergency",
    covering: "I am covering for a colleague",
    other: "Another reason",
  },
  more: "Details, if you wish",
  moreOther: "Your reason",
  problem: { choose: "Choose a reason.", text: "Say why, in a few words." },
  open: "Open the record",
  opening: "Opening…",
  cancel: "Do not open",
  mark: "Opened by override",
  markEmergency: "Emergency access: reading only",
};
