/** The responses of a connection that are under way: requests may come ahead of the answers (pipelining). */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A client that sends so many requests ahead of the answers is cut off: node:http reads all that a packet holds. */
const PIPELINED_MAX = 100;

/** The latest response is kept on its socket: a weak map, changed at each request, is a burden to the collector. */
const LATEST = Symbol("latest response");

/** The one before it, if that was still under way when it began (pipelining). */
const BEFORE = Symbol("response before");

interface NotedSocket extends Socket {
  [LATEST]?: ServerResponse;
}

interface NotedResponse extends ServerResponse {
  [BEFORE]?: ServerResponse;
}

/** The response that began last. */
export function latestOn(socket: NotedSocket): ServerResponse | undefined {
  return socket[LATEST];
}

/** The response before, if it was still under way when this one began. */
export function responseBefore(response: NotedResponse): ServerResponse | undefined {
  return response[BEFORE];
}

/** Notes that a response begins. */
export function noteLatest(socket: NotedSocket, response: NotedResponse): void {
  const before = socket[LATEST];
  if (before?.closed === false) response[BEFORE] = before;
  socket[LATEST] = response;
}

/** Whether a connection has more requests without an answer than any client sends ahead. */
export function isFlooded(socket: Socket): boolean {
  let unanswered = 0;
  for (let response = latestOn(socket); response?.closed === false; response = responseBefore(response)) {
    if (++unanswered === PIPELINED_MAX) return true;
  }
  return false;
}

/** Runs once the response is out, or at once if there is none. */
export function afterResponse(response: ServerResponse | undefined, run: () => void): void {
  if (response === undefined || response.closed) run();
  else response.once("close", run);
}
