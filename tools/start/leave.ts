const ORPHAN_CHECK_MS = 500;

/**
 * Calls `stop` once, when this process is told to end or when the process that started it is gone: a child of `npm start`
 * must not outlive it, whichever way it ended. `stop` should lead to the end of the process; a second signal forces it.
 */
export function leaveWithParent(stop: () => Promise<void>): void {
  let leaving = false;
  const leave = (): void => {
    if (leaving) return;
    leaving = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", leave);
  process.on("SIGTERM", leave);
  process.on("SIGHUP", leave);
  if (process.send !== undefined) process.on("disconnect", leave);
  // Where there is no channel an orphan is known by its new parent (not on Windows, where it keeps the old one's number).
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) leave();
  }, ORPHAN_CHECK_MS).unref();
}
