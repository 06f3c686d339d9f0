import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useClient } from "../app/index.ts";
import type { EnrolmentView } from "./types.ts";

/** The browser and the desk answer the service, not this page: it looks once a second. */
const LOOK_MS = 1000;
const key = ["enrol"] as const;

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
  return {
    view,
    start,
    cancel,
    finish: async (pin: string, badge: boolean): Promise<void> =>
      take(await client.enrol.finish({ pin, badge })),
  };
}
