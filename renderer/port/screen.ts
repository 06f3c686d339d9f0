/** No frame is waited for longer than this: a busy PC may draw none for long. */
const LONGEST_MS = 100;

/**
 * SECURITY: from the next frame on nothing of the document is on screen, whatever React is busy with, dialogs and menus
 * included. The body goes, not each element's visibility: that would mean a style anew for every cell of a board, and taking the
 * board down takes React longer still.
 */
export function hideAll(): void {
  document.body.style.setProperty("display", "none", "important");
}

export function showAll(): void {
  document.body.style.removeProperty("display");
}

/**
 * Runs `then` once, when what the document shows now has been handed to the screen. A page in the background shows nothing and
 * draws no frame, and its timers may take a second: there it is done at once.
 */
export function onceDrawn(then: () => void): void {
  if (document.visibilityState === "hidden") {
    then();
    return;
  }
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    then();
  };
  // The first frame draws it; when the second begins, the first was handed over. What takes long is not for within a frame.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(once)));
  setTimeout(once, LONGEST_MS);
}
