import { QueryClientProvider } from "@tanstack/react-query";
import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { IdleWarning, Top } from "../bar/index.ts";
import { Lock } from "../lock/index.ts";
import { Outbox } from "../outbox/index.ts";
import { Patient } from "../patient/index.ts";
import type { PortConnection } from "../port/index.ts";
import { Accesses } from "../privacy/index.ts";
import { Review } from "../review/index.ts";
import { Ward } from "../ward/index.ts";
import { Workstation } from "../workstation/index.ts";
import { Cover } from "./cover.tsx";
import { useDisplay } from "./display.tsx";
import { listen } from "./hints.ts";
import { NavigationProvider, type Place } from "./navigation.tsx";
import { askForBoard, createQueries, refresh } from "./queries.ts";
import { officerOnly } from "./officer.ts";
import { ServiceProvider, useStatus } from "./service.tsx";
import type { StatusView } from "./types.ts";
import { ActivityWatch, CopyWatch, WedgeWatch } from "./watches.tsx";

/** Once for each person: not part of what every page loads. */
const Enrol = lazy(async () => ({ default: (await import("../enrol/index.ts")).Enrol }));

type End = "locked" | "lost" | "taken";

/** The page from its port: lock screen, the screens of an open session, and the cover once that session has ended. */
export function App(props: {
  readonly port: PortConnection;
  readonly reload: () => void;
}): ReactNode {
  const { client, onClosed } = props.port;
  const [status, setStatus] = useState<StatusView | null>(null);
  const [end, setEnd] = useState<End | null>(null);
  const [queries] = useState(createQueries);
  const wasOpen = useRef(false);

  const finish = useCallback(
    (why: End) => {
      // SECURITY: a session that has ended leaves nothing behind in this page: the cache goes first, then the tree.
      queries.cancelQueries().catch(() => undefined);
      queries.clear();
      setEnd((before) => before ?? why);
    },
    [queries],
  );

  const take = useCallback(
    (next: StatusView) => {
      if (next.session.state === "open") {
        const { clinician } = next.session;
        if (!wasOpen.current && !officerOnly(clinician)) askForBoard(queries, client);
        wasOpen.current = true;
      } else if (wasOpen.current) finish("locked");
      setStatus(next);
    },
    [client, finish, queries],
  );

  useEffect(() => {
    const stop = new AbortController();
    onClosed((why) => {
      stop.abort();
      // SECURITY: what was on screen goes out of the document now, not when React comes round to it.
      flushSync(() => finish(why));
    });
    void listen(
      client,
      {
        status: take,
        hint: (hint) => {
          refresh(queries, hint);
        },
      },
      stop.signal,
    );
    return () => stop.abort();
  }, [client, onClosed, take, finish, queries]);

  const { siteDefault } = useDisplay();
  const site = status?.session.display;
  useEffect(() => {
    if (site !== undefined) siteDefault({ language: site.locale, digits: site.digits });
  }, [site, siteDefault]);

  if (end !== null) return <Cover why={end} reload={props.reload} />;
  if (status === null) return null;
  const { preview } = props.port;
  return (
    <QueryClientProvider client={queries}>
      <ServiceProvider value={{ client, status, take }}>
        {status.session.state === "open" ? (
          <Open preview={preview} />
        ) : (
          <Closed preview={preview} />
        )}
      </ServiceProvider>
    </QueryClientProvider>
  );
}

/** While nobody is signed in: the lock screen, and beside it only what holds nothing of a patient. */
function Closed(props: { readonly preview: boolean }): ReactNode {
  const [place, go] = useState<Place>({ screen: "ward" });
  const navigation = useMemo(() => ({ place, go }), [place]);
  const { clinician } = useStatus().session.badge;
  const [badge, setBadge] = useState(clinician);
  if (badge !== clinician) {
    setBadge(clinician);
    // A nurse who lays her badge down wants to sign in, whatever IT has left open.
    if (clinician !== null && place.screen === "workstation") go({ screen: "ward" });
  }
  return (
    <NavigationProvider value={navigation}>
      <WedgeWatch />
      {place.screen === "enrol" ? (
        <Suspense>
          <Enrol />
        </Suspense>
      ) : place.screen === "workstation" ? (
        <Workstation />
      ) : (
        <Lock preview={props.preview} />
      )}
    </NavigationProvider>
  );
}

/** Everything of an open session: the bar, always, and one screen under it. */
function Open(props: { readonly preview: boolean }): ReactNode {
  const [place, go] = useState<Place>({ screen: "ward" });
  const navigation = useMemo(() => ({ place, go }), [place]);
  return (
    <NavigationProvider value={navigation}>
      <ActivityWatch />
      <WedgeWatch />
      <CopyWatch />
      <Top preview={props.preview} />
      <Screen place={place} />
      <IdleWarning />
    </NavigationProvider>
  );
}

function Screen({ place }: { readonly place: Place }): ReactNode {
  switch (place.screen) {
    case "ward":
      return <Home />;
    case "patient":
      return <Patient key={place.patient} patient={place.patient} tab={place.tab ?? "summary"} />;
    case "outbox":
      return <Outbox />;
    case "review":
      return <Review />;
    case "accesses":
      return <Accesses />;
    case "enrol":
      return (
        <Suspense>
          <Enrol />
        </Suspense>
      );
    case "workstation":
      return <Workstation />;
  }
}

/** Where she begins: the ward; a privacy officer, to whom no record is open, with who saw what. */
function Home(): ReactNode {
  return officerOnly(useStatus().session.clinician) ? <Accesses /> : <Ward />;
}
