// Joining and enrolling, in English.

export const enrol = {
  title: "Enrol",
  intro:
    "Once for each person, and again after a forgotten PIN. Afterwards your PIN and badge open every PC of your wards, also while the HIS is down.",
  stepsLabel: "Steps of enrolment",
  step: {
    signIn: "Sign in at the hospital's page",
    person: "Is this you?",
    pin: "PIN and badge",
    desk: "Enrolment desk",
    done: "Done",
  },
  state: { past: "done", now: "you are here", stopped: "stopped here", ahead: "to come" },
  startTitle: "Sign in as you do in the HIS",
  startText:
    "Amanah opens the hospital's own sign-in page in the system browser. Your HIS password is typed there, never here.",
  start: "Open the hospital's sign-in page",
  starting: "Opening…",
  notHere:
    "People cannot enrol by themselves on this PC: it has not joined, or the hospital named no enrolment desk. You can make a request for IT instead.",
  noConnection:
    "The HIS does not answer, so its sign-in page will not either. You can make a request for IT instead.",
  waitingTitle: "Sign in on the page in the browser",
  waitingText:
    "This screen goes on by itself as soon as you have signed in. Close the browser page afterwards.",
  address: "No page opened? Type this address into the browser of this PC:",
  cancel: "Cancel",
  personTitle: "Is this you?",
  personText: "This is whom the HIS says has just signed in.",
  personId: "HIS identifier",
  rolesByDesk: "The enrolment desk enters your role.",
  personWarning:
    "If it is somebody else, their sign-in was still open in the browser. Sign out there before you start again.",
  personYes: "Yes, this is me",
  personNo: "No, start again",
  pinTitle: "Choose your PIN",
  pinText:
    "It opens your keys on every PC of your wards. Nobody at the hospital can read it or find it again.",
  pinOf: "For {{name}}:",
  pin: "New PIN",
  pinAgain: "New PIN, once more",
  rules: "A good PIN",
  rule: {
    digits: "only digits",
    length: "6 to 12 digits",
    run: "no row or pattern: 111111, 123456, 121212",
    date: "not your birthday: checked when you send it",
  },
  ruleMark: { open: "not checked yet", broken: "not kept", met: "kept" },
  says: {
    empty: "Type a PIN that only you know.",
    again: "Type it once more, the same.",
    differ: "The two are not the same yet. Clear one and type it again.",
    ready: "Good. Both are the same.",
    "not-digits": "Only digits: the sign-in pad has no letters.",
    "too-short": "Too short: at least 6 digits.",
    "too-long": "Too long: at most 12 digits.",
    run: "Too easy to guess: digits in a row or a pattern.",
    birthday: "Too easy to guess: it is a date or holds your birthday.",
    same: "This is your PIN already. Choose another one.",
  },
  pinRefused: "This PC refused that PIN. Nothing was sent. Choose another one.",
  badgeTitle: "Your badge",
  badgeWith: "Enrol my badge too",
  badgeWithout: "Without a badge",
  badgeNone: "No badge reader is in use on this PC. You can enrol your badge later on another PC.",
  badgeRequired:
    "In this hospital a badge is needed to sign in. Without one you cannot sign in yet.",
  badgeLay: "Put your badge on the reader now and leave it there.",
  badgeThere: "Badge {{uid}} lies on the reader and will be yours.",
  badgeThereUnnamed: "A badge lies on the reader and will be yours.",
  badgeLifted:
    "The badge was lifted before the request was made. Nothing was sent: put it back and type your PIN again.",
  badgeOthers:
    "The badge on the reader belongs to a colleague. Put your own there, or go on without a badge.",
  badgeUnsettled: "Put your badge on the reader, or choose “Without a badge”.",
  send: "Send to the enrolment desk",
  sendingTitle: "Sending to the enrolment desk",
  sendingText: "Your keys are made on this PC and locked with your PIN. This takes a few seconds.",
  deskTitle: "Go to the enrolment desk",
  confirmation: "Your confirmation number",
  deskText:
    "Show your hospital identity card there and read out this number. The desk sees the same one; if theirs differs, they must not accept.",
  deskNext: "What happens next",
  deskNext1: "The desk checks that it is you, and your role and wards.",
  deskNext2: "Its signed answer travels to every PC of your wards.",
  deskNext3: "This screen then says from when you can sign in here.",
  deskLeave:
    "Note the number before you leave this screen. The request stays with the desk when you leave.",
  another: "Enrol somebody else",
  doneTitle: "The enrolment desk has accepted",
  done: {
    ready: "You can sign in here now, with your new PIN.",
    pending:
      "Your entry is on this PC. A colleague must sign in here once; from then on you can too.",
    coming:
      "Your entry is on its way to this PC. When it is here and a colleague has signed in once, you can sign in.",
    withdrawn:
      "This PC still shows your access as withdrawn or expired. If that stays, ask the enrolment desk.",
  },
  doneElsewhere:
    "The same holds on the other PCs of your wards: they get your entry through the HIS.",
  toSignIn: "Go to sign-in",
  failedTitle: "Enrolment did not finish",
  again: "Start again",
  problem: {
    "sign-in-refused": {
      what: "The HIS did not accept the sign-in, or it was broken off in the browser.",
      kept: "Nothing was changed. A PIN and badge you had before still work.",
      todo: "Start again with your own HIS name and password. If it refuses you again, call IT.",
    },
    "sign-in-timeout": {
      what: "Nobody signed in on the hospital's page in time.",
      kept: "Nothing was changed. A PIN and badge you had before still work.",
      todo: "Start again when you have a few minutes.",
    },
    "not-a-practitioner": {
      what: "The HIS knows this account, but not as a nurse, doctor or pharmacist.",
      kept: "Nothing was changed, and no keys were made.",
      todo: "Ask the enrolment desk to put your role into the HIS, then start again.",
    },
    "his-unreachable": {
      what: "The HIS does not answer, so nobody can sign in at its page.",
      kept: "Nothing was changed. A PIN and badge you had before still work.",
      todo: "Start again when the connection is live. If you are needed now, make a request for IT.",
    },
    "desk-unreachable": {
      what: "The request could not be handed to the enrolment desk.",
      kept: "The roster is unchanged. A PIN and badge you had before still work.",
      todo: "Start again when the connection is live. If you are needed now, make a request for IT.",
    },
    "desk-refused": {
      what: "The enrolment desk did not accept the request.",
      kept: "The roster is unchanged. A PIN and badge you had before still work.",
      todo: "Go to the enrolment desk with your hospital identity card and ask for the reason.",
    },
    "not-joined": {
      what: "This PC has not joined the hospital yet, so it cannot enrol anybody.",
      kept: "Nothing was changed.",
      todo: "Use another PC of the ward and call IT.",
    },
  },
  request: {
    open: "Make a request for IT",
    openText:
      "In an outage, or with a forgotten PIN: without the HIS's sign-in, IT vouches for you instead.",
    title: "Request for IT",
    text: "Choose a new PIN here. IT carries the request to the enrolment desk, checks in person that it is you, and brings back the signed answer.",
    who: "Who are you?",
    fromRoster: "On the roster of this PC",
    byId: "Not in the list",
    find: "Find your name",
    names: "Names on the roster",
    noMatch: "Nobody on this PC's roster is called that.",
    id: "Your HIS identifier",
    idHint: "As on your hospital identity card or from the enrolment desk.",
    whoFirst: "Say who you are first.",
    make: "Make the request",
    making: "Making your keys…",
    madeTitle: "The request is made",
    madeText: "It is not sent by itself. Until the answer comes back nothing is changed here.",
    copy: "Copy the text",
    copied: "Copied. Paste it into a file or message for IT.",
    copyByHand: "It could not be copied. The text is selected: press Ctrl+C.",
    body: "Text of the request",
    next1: "Copy the whole text for IT. It holds your keys locked with your PIN, never the PIN.",
    next2:
      "IT checks your identity card, and that the number shown there is the same as the one above.",
    next3: "IT brings the signed answer to this PC: This workstation → Orders → Bring statements.",
    next4: "Note the number now. The text is gone from this screen once you leave it.",
    another: "Make another request",
    backToEnrol: "Back to enrolment",
  },
  forIt: "For IT",
};
