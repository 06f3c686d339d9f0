// What went wrong, in English.

export const error = {
  what: "What happened",
  kept: "What was kept",
  todo: "What to do",
  locked: {
    what: "The session was locked before this was done.",
    kept: "What you typed is kept as your draft.",
    todo: "Sign in again and repeat it.",
  },
  alreadySaved: {
    what: "This set was saved before, as it was first entered.",
    kept: "The saved set is in the list. What you see in the form now is kept too.",
    todo: "Compare with the list. If the form holds a new measurement, save again: it becomes a set of its own.",
  },
  changed: {
    what: "This entry is not as it was shown any more: it was sent, changed or decided meanwhile.",
    kept: "Nothing was changed.",
    todo: "Close this, look at the entry as it is now, and repeat it if it is still right.",
  },
  notFound: {
    what: "This patient is not in this PC's records, or not on your wards.",
    kept: "Nothing was changed.",
    todo: "Go back to the ward board. If the patient is on your ward, wait until loading is complete.",
  },
  outsideRemit: {
    what: "This patient is not one of yours, and the record is not open by override.",
    kept: "Nothing was changed.",
    todo: "Open the patient from the ward board and give a reason.",
  },
  noBadge: {
    what: "No badge lies on the reader.",
    kept: "Nothing was made or sent.",
    todo: "Put your badge on the reader and leave it there, or go on without a badge.",
  },
  forbiddenRole: {
    what: "This is not for your role.",
    kept: "Nothing was changed.",
    todo: "Ask a colleague whose role it is.",
  },
  forbiddenEmergency: {
    what: "This cannot be done in an emergency access: it reads only.",
    kept: "Nothing was changed.",
    todo: "Somebody who can sign in on this PC must do it.",
  },
  keychain: {
    what: "The computer's keychain did not answer.",
    kept: "Everything saved before is kept, encrypted.",
    todo: "Use another PC of the ward and call IT.",
  },
  diskFull: {
    what: "The disk of this PC is full, so this was not saved.",
    kept: "Everything saved before is kept. What you typed is still on this screen.",
    todo: "Chart it on another PC and call IT to free space here.",
  },
  damaged: {
    what: "Part of the records on this PC is damaged.",
    kept: "What could be read is shown. Unsent entries are kept.",
    todo: "Go on with care, check with the HIS when it is back, and call IT.",
  },
  stopping: {
    what: "Amanah is stopping, so this was not done.",
    kept: "Everything saved before is kept.",
    todo: "Wait for it to start again, then repeat it.",
  },
  policy: {
    what: "The hospital's policy does not allow this here.",
    kept: "Nothing was changed.",
    todo: "Ask the person in charge of the ward, or IT.",
  },
  notJoined: {
    what: "This PC has not joined the hospital yet.",
    kept: "Nothing was changed.",
    todo: "Use another PC and call IT.",
  },
  timeout: {
    what: "This PC did not answer in time.",
    kept: "Everything saved before is kept. It is not certain whether this last step was done.",
    todo: "Try again: repeating it cannot chart anything twice.",
  },
  unexpected: {
    what: "Something went wrong inside Amanah.",
    kept: "Everything saved before is kept.",
    todo: "Try again. If it happens again, use another PC and call IT.",
  },
};
