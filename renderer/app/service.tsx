import { createContext, type ReactNode, useContext } from "react";
import type { ServiceClient } from "../port/index.ts";
import type { StatusView } from "./types.ts";

interface Service {
  readonly client: ServiceClient;
  readonly status: StatusView;
  /** Takes a status that an answer carried, without waiting for the hint. */
  readonly take: (status: StatusView) => void;
}
const ServiceContext = createContext<Service | null>(null);

export function ServiceProvider(props: {
  readonly value: Service;
  readonly children: ReactNode;
}): ReactNode {
  return <ServiceContext value={props.value}>{props.children}</ServiceContext>;
}

export function useService(): Service {
  const service = useContext(ServiceContext);
  if (service === null) throw new Error("Outside of <ServiceProvider>.");
  return service;
}
export function useClient(): ServiceClient {
  return useService().client;
}
export function useStatus(): StatusView {
  return useService().status;
}
