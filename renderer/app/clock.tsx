import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

/** Milliseconds since the epoch, by this PC's clock. */
export type Clock = () => number;
const ClockContext = createContext<Clock>(() => Date.now());

export function ClockProvider(props: {
  readonly clock: Clock;
  readonly children: ReactNode;
}): ReactNode {
  return <ClockContext value={props.clock}>{props.children}</ClockContext>;
}

export function useClock(): Clock {
  return useContext(ClockContext);
}

/** The time now, read anew every so many milliseconds. */
export function useNow(everyMs = 5000): number {
  const clock = useClock();
  const [now, setNow] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => setNow(clock()), everyMs);
    return () => clearInterval(timer);
  }, [clock, everyMs]);
  return now;
}
