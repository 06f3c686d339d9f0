import {
  keepPreviousData,
  type Query,
  QueryClient,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";
import type { ServiceClient } from "../port/index.ts";
import { useClient } from "./service.tsx";
import type {
  AccessEntry,
  BoardRow,
  Hint,
  OutboxEntry,
  PatientView,
  WardBoard,
  WorkstationView,
} from "./types.ts";

/** Due times and ages move without a hint; a local read costs little. */
const REFRESH_MS = 60_000;

/** One cache for one open session: it dies with the session, and nothing of it is written anywhere. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The service is on this PC: an offline network card changes nothing, and a failure is worth saying at once.
        networkMode: "always",
        retry: false,
        staleTime: 0,
        refetchOnWindowFocus: false,
        refetchInterval: REFRESH_MS,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** So old an answer is not asked for again without a hint: the one that came while the screens of a session were drawn. */
const JUST_ASKED_MS = 1_000;

export const boardOf = (client: ServiceClient, ward: string | undefined) =>
  queryOptions({
    queryKey: ["board", ward ?? null],
    queryFn: ({ signal }) => client.ward.board(ward === undefined ? {} : { ward }, { signal }),
    staleTime: JUST_ASKED_MS,
  });

export function useBoard(ward: string | undefined): UseQueryResult<WardBoard> {
  return useQuery(boardOf(useClient(), ward));
}

/** Asks for the board before there is a screen that shows it: the service reads it while the page draws all else. */
export function askForBoard(queries: QueryClient, client: ServiceClient): void {
  void queries.prefetchQuery(boardOf(client, undefined));
}

export function usePatient(patient: string): UseQueryResult<PatientView> {
  const client = useClient();
  return useQuery({
    queryKey: ["patient", patient],
    queryFn: ({ signal }) => client.patient.view({ patient }, { signal }),
  });
}

export function useOutbox(): UseQueryResult<OutboxEntry[]> {
  const client = useClient();
  return useQuery({
    queryKey: ["outbox"],
    queryFn: ({ signal }) => client.outbox.list(undefined, { signal }),
    refetchInterval: 10_000,
  });
}

/** Entries that are over unsent: withdrawn, or decided otherwise. */
export function useSettled(wanted: boolean): UseQueryResult<OutboxEntry[]> {
  const client = useClient();
  return useQuery({
    queryKey: ["outbox", "settled"],
    queryFn: ({ signal }) => client.outbox.list({ settled: true }, { signal }),
    enabled: wanted,
  });
}

/** Overrides and emergency accesses, newest first; not asked for while `wanted` is false. */
export function useReview(wanted = true): UseQueryResult<AccessEntry[]> {
  const client = useClient();
  return useQuery({
    queryKey: ["review"],
    queryFn: ({ signal }) => client.review.list(undefined, { signal }),
    enabled: wanted,
  });
}

/** The same of all PCs, as the HIS has them, so many pages; not asked again by itself: reading it is written down. */
export function useReviewEverywhere(wanted: boolean, pages: number) {
  const client = useClient();
  return useQuery({
    queryKey: ["review", "everywhere", pages],
    queryFn: ({ signal }) => client.privacy.everywhere({ pages }, { signal }),
    // What was there stays while older ones come.
    placeholderData: keepPreviousData,
    enabled: wanted,
    refetchInterval: false,
  });
}

/** Who saw what, newest first, page by page; not asked again by itself: reading it is written down. */
export function useSeen(input: { readonly patient: string | null; readonly boards: boolean }) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ["seen", input.patient, input.boards],
    queryFn: ({ signal, pageParam }) =>
      client.privacy.accesses(
        {
          boards: input.boards,
          ...(input.patient !== null && { patient: input.patient }),
          ...(pageParam !== null && { before: pageParam }),
        },
        { signal },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: false,
  });
}

/** The row of a patient on a board that was shown in this session: who it is, before the record may be opened. */
export function useListed(patient: string): BoardRow | null {
  const boards = useQueryClient().getQueriesData<WardBoard>({ queryKey: ["board"] });
  for (const [, board] of boards) {
    const row = board?.rows.find((one) => one.patient === patient);
    if (row !== undefined) return row;
  }
  return null;
}

export function useWorkstation(): UseQueryResult<WorkstationView> {
  const client = useClient();
  return useQuery({
    queryKey: ["workstation"],
    queryFn: ({ signal }) => client.workstation.view(undefined, { signal }),
  });
}

/** Asks again for what a hint says has changed, if it is on screen. */
export function refresh(queries: QueryClient, hint: Hint): void {
  if (hint.kind === "outbox") {
    void queries.invalidateQueries();
    return;
  }
  if (hint.kind !== "records") return;
  const { patients, beds } = hint;
  const changed = new Set(patients);
  // CLINICAL: an answer under way was perhaps read before the change, and of whom it tells is not known yet: asked again in any case.
  const concerns = ({ state }: Query, whose: () => readonly (string | null)[]): boolean =>
    patients === null ||
    state.fetchStatus !== "idle" ||
    state.data === undefined ||
    whose().some((one) => one !== null && changed.has(one));
  void queries.invalidateQueries({
    queryKey: ["board"],
    predicate: (query) => beds || concerns(query, () => onBoard(query.state.data as WardBoard)),
  });
  void queries.invalidateQueries({
    queryKey: ["patient"],
    predicate: (query) => concerns(query, () => inView(query.state.data as PatientView)),
  });
}

const onBoard = ({ rows }: WardBoard) => rows.flatMap((row) => [row.patient, ...row.merged]);

const inView = ({ banner: { patient, merged } }: PatientView) => [
  patient,
  ...merged.from.map((half) => half.patient),
];
