import { createContext, type ReactNode, useContext } from "react";

/**
 * Where the page is. Kept in memory only: an address or a history entry would outlive the session. While nobody is signed
 * in, `ward` is the lock screen, and only `enrol` and `workstation` lie beside it.
 */
export type Place =
  | { readonly screen: "ward" }
  | { readonly screen: "patient"; readonly patient: string; readonly tab?: PatientTab }
  | { readonly screen: "outbox" }
  | { readonly screen: "review" }
  | { readonly screen: "accesses" }
  | { readonly screen: "enrol" }
  | { readonly screen: "workstation" };

export const patientTabs = [
  "summary",
  "allergies",
  "medicines",
  "vitals",
  "results",
  "notes",
] as const;
export type PatientTab = (typeof patientTabs)[number];

interface Navigation {
  readonly place: Place;
  readonly go: (place: Place) => void;
}
const NavigationContext = createContext<Navigation | null>(null);

export function NavigationProvider(props: {
  readonly value: Navigation;
  readonly children: ReactNode;
}): ReactNode {
  return <NavigationContext value={props.value}>{props.children}</NavigationContext>;
}

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  if (navigation === null) throw new Error("Outside of <NavigationProvider>.");
  return navigation;
}
