/** From a request to its reply, for every door: whatever happens, there is exactly one answer. */

import { logReadFailure } from "../telemetry/read-failure.ts";
import type { Context } from "./context.ts";
import { failureReply } from "./errors.ts";
import { exposed } from "./message/exposed-headers.ts";
import type { Reply } from "./message/reply.ts";
import type { HttpRequest } from "./message/request.ts";
import { route } from "./router.ts";

/** Where the answer to one request goes. */
export interface Answerer {
  /** Writes the reply. */
  send(reply: Reply): void;
  /** Breaks the connection; called when `send` fails. */
  abort(): void;
}

/**
 * Routes the request and sends the reply. What is thrown becomes an answer that says no more than whether data is damaged
 * or we have a bug; the log has the rest.
 */
export function answer(context: Context, request: HttpRequest, answerer: Answerer): void {
  try {
    const reply = route(context, request);
    if (reply instanceof Promise) {
      reply.then(
        (settled) => sendOrAbort(context, request, answerer, settled),
        (error) => fail(context, request, answerer, error),
      );
    } else sendOrAbort(context, request, answerer, reply);
  } catch (error) {
    fail(context, request, answerer, error);
  }
}

function sendOrAbort(context: Context, request: HttpRequest, answerer: Answerer, reply: Reply): void {
  try {
    answerer.send(exposed(request, reply));
  } catch (error) {
    logFailure(context, request, error);
    answerer.abort();
  }
}

function fail(context: Context, request: HttpRequest, answerer: Answerer, error: unknown): void {
  logFailure(context, request, error);
  sendOrAbort(context, request, answerer, failureReply(error));
}

function logFailure(context: Context, { method, target }: HttpRequest, error: unknown): void {
  logReadFailure(context.config.logger, error, { method, target });
}
