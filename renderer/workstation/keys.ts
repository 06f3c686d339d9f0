import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useClient } from "../app/index.ts";
import type { KeysView } from "./types.ts";

const key = ["keys"] as const;
const LOOK_MS = 10_000;

/** Who may open this PC, and what IT has ordered. */
export function useKeys(): UseQueryResult<KeysView> {
  const client = useClient();
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.it.keys(undefined, { signal }),
    refetchInterval: LOOK_MS,
  });
}

/** Looks again at everything on this screen, after an order was taken. */
export function useLookAgain(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: key }),
      queries.invalidateQueries({ queryKey: ["workstation"] }),
    ]);
  };
}
