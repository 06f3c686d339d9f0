// The HIS: reached or not, how fresh, how far, in English.

export const connection = {
  live: "Live",
  starting: "Starting",
  outage: "Outage since {{since}}",
  refused: "HIS refuses this PC",
  catchingUp: "Catching up",
  catchingUpOf: "Catching up {{done}} of {{total}}",
  liveLong: "Connected; changes arrive as they happen.",
  startingLong: "Looking for the HIS.",
  outageLong: "The HIS does not answer. You can read and chart; entries are sent when it is back.",
  refusedLong: "The HIS answers but does not accept this PC. Call IT. You can read and chart.",
  catchingUpLong: "Loading what changed in the HIS.",
  untrusted: "HIS not trusted: tell IT",
  untrustedLong:
    "What answers cannot prove that it is the HIS, so nothing is sent to it. You can read and chart.",
  distrusted: "HIS not to be believed",
  distrustedLong:
    "By order of the hospital nothing is taken from the HIS or sent to it. You can read and chart; entries wait here.",
  about: "About the connection",
  what: "What happened",
  kept: "What was kept",
  keptText:
    "Everything: the ward's records as of the time shown, and every entry made here. Entries are sent when the HIS is back.",
  todo: "What to do",
  todoNone: "Nothing.",
  nextTry: "Looked for again at {{when}}",
  forIt: "For IT",
  cause: {
    "no-network": {
      short: "no network",
      what: "This PC has no network.",
      todo: "Look whether its network cable is in; try another PC of the ward. If others have none either, call IT.",
    },
    "no-name": {
      short: "name not found",
      what: "The network does not know the HIS's name.",
      todo: "Nothing at this PC mends that. If it lasts longer than a few minutes, call IT: name service (DNS).",
    },
    "switched-off": {
      short: "HIS is off",
      what: "The HIS's server is there but the HIS is not running on it.",
      todo: "It is looked for by itself. If nobody told the ward about maintenance, call IT.",
    },
    cut: {
      short: "connection cut",
      what: "The connection to the HIS breaks off.",
      todo: "It is tried again by itself. If it keeps breaking off, call IT: network.",
    },
    silent: {
      short: "no answer",
      what: "The HIS, or what stands before it, gives no answer.",
      todo: "It is tried again by itself. If it lasts, call IT.",
    },
    slow: {
      short: "stops half-way",
      what: "The HIS begins to answer and stops half-way.",
      todo: "It is tried again by itself. If it lasts, call IT: the network is very slow, or the HIS is.",
    },
    busy: {
      short: "HIS overloaded",
      what: "The HIS is overloaded or in maintenance and asks every PC to wait.",
      todo: "Nothing: this PC waits as long as it was asked to, and goes on by itself.",
    },
    proxy: {
      short: "network sign-in page",
      what: "Something on the network answers in the HIS's place: a sign-in page of the network, or a proxy.",
      todo: "Call IT: this PC must reach the HIS without a proxy's or a portal's sign-in.",
    },
    "not-fhir": {
      short: "not the HIS",
      what: "What answers at the HIS's address does not speak as the HIS does.",
      todo: "Call IT: the address in the policy, name service, or an update of the HIS.",
    },
    broken: {
      short: "HIS at fault",
      what: "The HIS answers and fails at everything it is asked.",
      todo: "It is tried again by itself. If it lasts, call IT: the HIS's own service desk.",
    },
    certificate: {
      short: "certificate not trusted",
      what: "The HIS's certificate is not trusted by this hospital's CA. Nothing was sent to it.",
      todo: "Tell IT at once: somebody may be in the HIS's place, or its certificate was changed. Nobody at the ward can or should get around this.",
    },
    "certificate-time": {
      short: "certificate out of date",
      what: "The HIS's certificate has expired or is not valid yet, or the clock of this PC is wrong. Nothing was sent to it.",
      todo: "Compare this PC's date and time with a watch. If they are right, tell IT: the HIS needs a new certificate.",
    },
    "certificate-name": {
      short: "certificate of another",
      what: "What answers at the HIS's address shows the certificate of another server. Nothing was sent to it.",
      todo: "Tell IT at once: name service may lead to the wrong server, or somebody is in the HIS's place.",
    },
    "no-tls": {
      short: "no secure connection",
      what: "What answers at the HIS's address offers no secure connection that this PC accepts. Nothing was sent to it.",
      todo: "Tell IT: a wrong server, or TLS older than 1.2.",
    },
    "sign-in": {
      short: "sign-in refused",
      what: "The HIS answers and does not accept this workstation's sign-in.",
      todo: "Call IT: this workstation's key at the HIS. A key that was struck off is given again by joining anew.",
    },
    unknown: {
      short: "cannot be reached",
      what: "The HIS cannot be reached.",
      todo: "It is tried again by itself. If it lasts, call IT with the detail below.",
    },
  },
};

/** How old what is shown is. */
export const fresh = {
  known: "As of {{when}} · {{ago}}",
  old: "Old: as of {{when}} · {{ago}}",
  uncertain: "As of {{when}} · age not certain, this PC's clock is in doubt",
  notLoaded: "Not loaded yet",
  noTime: "As of: not known",
};

export const outage = {
  elsewhere: "Charted on other PCs since {{since}}: not visible here.",
};

export const progress = {
  seconds_one: "about {{count}} s",
  seconds_other: "about {{count}} s",
  minutes_one: "about {{count}} min",
  minutes_other: "about {{count}} min",
  hours_one: "about {{count}} h",
  hours_other: "about {{count}} h",
};

export const sync = {
  line: "Line to the HIS",
  noHis: "This PC does not know its HIS yet.",
  requests: "Requests in the last hour",
  roundTrip: "Round trip",
  ms: "{{ms}} ms",
  nudges: "The HIS tells of changes at once",
  nudged: {
    listening: "yes",
    off: "not at the moment; this PC asks by itself",
    "not-offered": "it does not offer that; this PC asks by itself",
  },
  skew: "This PC's clock",
  skewUnknown: "not measured yet",
  skewNone: "as the HIS's (within {{seconds}} s)",
  skewBehind: "{{seconds}} s behind the HIS (± {{margin}} s)",
  skewAhead: "{{seconds}} s ahead of the HIS (± {{margin}} s)",
  nextTry: "Next try",
  server: "The HIS says of itself",
  serverUnknown: "Not heard since this PC was started.",
  software: "Software",
  transactions: "Transactions",
  history: "History of types",
  clientIds: "Takes this PC's ids",
  offered: { all: "yes", some: "for some types", none: "no" },
  offeredNote: "As declared; what it proves to do counts.",
  unsent: "Not sent yet",
  parked: "Parked, wait for a person",
  first: "Not tried yet",
  again: "Tried, to be tried again",
  stuck: "What is stuck",
  nothingStuck: "Nothing is stuck.",
  held: "Held here",
  closed: "closed",
  applied: "Shown as of",
  deletions: "Deletions asked",
  state: "State",
  inOrder: "in order",
  isStuck: "stuck",
  changes: "Changes of the connection since the start",
  was: {
    starting: "Starting",
    live: "Connected",
    "catching-up": "Connected",
    outage: "Outage",
    untrusted: "Not trusted",
    distrusted: "Not to be believed, by order",
    refused: "Refused",
  },
};
