import { DurableStream } from "@perennial/client";
import { createStreamDB } from "@perennial/state/db";
import { boardActions } from "./actions.ts";
import { board } from "./board.ts";
import type { Connection } from "./connection.ts";

/** Opens the board: its collections, and the actions that change them at once and for good. */
export function openDatabase(connection: Connection) {
  const stream = new DurableStream({
    url: new URL("/v1/stream/agent-board", location.href),
    contentType: "application/json",
    fetch: connection.fetch,
    backoffOptions: { maxDelay: 1_000 },
    warnOnHttp: false,
  });
  return createStreamDB({ stream, live: "sse", state: board, actions: boardActions });
}

export type Database = ReturnType<typeof openDatabase>;
