import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  OperationOutcomeError,
  badRequest,
  matchesSearchRequest,
  parseSearchRequest,
  splitSearchOnComma,
} from "@medplum/core";
import type { Filter, SearchRequest } from "@medplum/core";
import type { Resource, Subscription } from "@medplum/fhirtypes";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { isResourceType, searchParameters } from "./engine.ts";
import type { Change, ResourceFile } from "./resource-file.ts";
import { patientOf } from "./search-index.ts";

/** The nudges of this HIS: R4 Subscriptions over a websocket (R4 subscription.html#2.46.7.2): `bind`, `bound`, `ping`. */
export interface Nudges {
  /** A Subscription that is asked for becomes active, or is refused (an OperationOutcome is thrown). */
  admit(resource: Resource): void;
  /** Takes over a connection that wants to become a websocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Cuts every websocket, as a dead network does. */
  cut(): void;
}

interface Wish {
  readonly criteria: SearchRequest;
  readonly end: number;
}

/** `token` says of an `Authorization` header whether it is good; `now` in ms. */
export function openNudges(
  file: ResourceFile,
  token: (authorization: string | undefined) => Promise<boolean>,
  now: () => number,
): Nudges {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });
  const bound = new Map<string, Set<WebSocket>>();

  function ping(id: string): void {
    for (const socket of bound.get(id) ?? []) socket.send(`ping ${id}`);
  }
  function committed(changes: readonly Change[]): void {
    for (const id of bound.keys()) {
      const wish = wishOf(file, id);
      if (wish === null || wish.end <= now()) continue;
      // One nudge for all that was committed together: it says "look", not what.
      if (changes.some((change) => concerns(wish.criteria, change))) ping(id);
    }
  }
  function bind(socket: WebSocket, id: string): void {
    if (wishOf(file, id) === null) return socket.send(`error ${id} is no active Subscription here`);
    bound.set(id, (bound.get(id) ?? new Set()).add(socket));
    socket.send(`bound ${id}`);
  }
  function connected(socket: WebSocket): void {
    socket.on("message", (bytes: Buffer) => {
      const [, id] = /^bind ([A-Za-z0-9\-.]{1,64})$/u.exec(bytes.toString()) ?? [];
      if (id === undefined) socket.close(1008, "bind <id> is all there is to say");
      else bind(socket, id);
    });
    socket.on("close", () => {
      for (const [id, listening] of bound)
        if (listening.delete(socket) && listening.size === 0) bound.delete(id);
    });
    // A cable pulled out is no fault of this server.
    socket.on("error", () => socket.terminate());
  }

  file.onCommit(committed);
  return {
    admit(resource) {
      if (resource.resourceType === "Subscription") activate(resource);
    },
    upgrade(request, socket, head) {
      // SECURITY: no websocket without the workstation's token: a nudge says that something happened to a patient.
      token(request.headers.authorization).then(
        (good) => {
          if (good) sockets.handleUpgrade(request, socket, head, connected);
          else socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
        },
        () => socket.destroy(),
      );
    },
    cut() {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

function activate(subscription: Subscription): void {
  if (subscription.channel.type !== "websocket")
    throw new OperationOutcomeError(badRequest("Only the websocket channel is offered here"));
  criteriaOf(subscription.criteria);
  if (subscription.status === "requested") subscription.status = "active";
}

/** The search a Subscription watches. Throws an OperationOutcome (400) for a type or parameter that is not known. */
function criteriaOf(text: string): SearchRequest {
  const [type = ""] = text.split("?");
  if (!isResourceType(type))
    throw new OperationOutcomeError(badRequest(`Unknown resource type in criteria: ${text}`));
  const request = parseSearchRequest(text);
  const known = searchParameters(type);
  for (const { code } of request.filters ?? [])
    if (known[code] === undefined && code !== "_id")
      throw new OperationOutcomeError(badRequest(`Unknown search parameter in criteria: ${code}`));
  return request;
}

function wishOf(file: ResourceFile, id: string): Wish | null {
  const row = file.reader.current("Subscription", id);
  if (row?.json == null) return null;
  const { status, criteria, end } = JSON.parse(row.json) as Subscription;
  if (status !== "active") return null;
  return {
    criteria: criteriaOf(criteria),
    end: end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end),
  };
}

/** What is there now meets the criteria, or what was there before did: also a deletion, and a patient who left, are news. */
function concerns(criteria: SearchRequest, { row, replaced }: Change): boolean {
  if (row.type !== criteria.resourceType) return false;
  return [row, replaced].some(
    (version) => version?.json != null && meets(JSON.parse(version.json) as Resource, criteria),
  );
}

function meets(resource: Resource, criteria: SearchRequest): boolean {
  const filters = criteria.filters ?? [];
  const rest = filters.filter(({ code }) => !IDS.has(code));
  return (
    filters.filter(({ code }) => IDS.has(code)).every((filter) => names(resource, filter)) &&
    matchesSearchRequest(resource, { resourceType: criteria.resourceType, filters: rest })
  );
}

/** Parameters that name ids, matched here: a workstation asks for a long list of its patients, with or without type. */
const IDS = new Set(["_id", "patient", "subject"]);

function names(resource: Resource, { code, value }: Filter): boolean {
  const id =
    code === "_id"
      ? resource.id
      : patientOf(resource as unknown as Parameters<typeof patientOf>[0]);
  return splitSearchOnComma(value).some((one) => one.replace("Patient/", "") === id);
}
