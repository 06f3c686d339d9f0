import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useClient } from "../app/index.ts";
import type { EnrolmentView } from "./types.ts";

/** The browser and the desk answer the service, not this page: it looks once a second. */
const LOOK_MS = 1000;
const key = ["enrol"] as const;

/** Phases that belong to who stands here now, and end when she goes; with the desk the request goes on without her. */
const ends: ReadonlySet<EnrolmentView["phase"]> = new Set([
  "signing-in",
  "identified",
  "done",
  "failed",
]);

/** Enrolment as the service knows it, and what can be done with it. */
export function useEnrolment() {
  const client = useClient();
  const queries = useQueryClient();
  const take = async (next: EnrolmentView): Promise<void> => {
    // A look that left before the answer would show the step before once more.
    await queries.cancelQueries({ queryKey: key });
    queries.setQueryData(key, next);
  };
  const view = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.enrol.view(undefined, { signal }),
    refetchInterval: LOOK_MS,
  });
  const start = useMutation({ mutationFn: () => client.enrol.start(), onSuccess: take });
  const cancel = useMutation({ mutationFn: () => client.enrol.cancel(), onSuccess: take });
  const phase = useRef<EnrolmentView["phase"]>("idle");
  useEffect(() => {
    phase.current = view.data?.phase ?? "idle";
  }, [view.data]);
  useEffect(
    () => () => {
      if (!ends.has(phase.current)) return;
      // SECURITY: whom the HIS named is not left standing for the next who comes by and chooses a PIN.
      queries.removeQueries({ queryKey: key });
      client.enrol.cancel().catch(() => undefined);
    },
    [client, queries],
  );
  return {
    view,
    start,
    cancel,
    finish: async (pin: string, badge: boolean): Promise<void> =>
      take(await client.enrol.finish({ pin, badge })),
  };
}
