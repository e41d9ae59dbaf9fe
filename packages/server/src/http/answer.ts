/** From a request to its reply, for every door: whatever happens, there is exactly one answer. */

import { wallRefusal } from "@perennial/protocol";
import { logReadFailure } from "../telemetry/read-failure.ts";
import { loggable } from "./access/loggable.ts";
import { readable } from "./access/page-headers.ts";
import type { Context } from "./context.ts";
import { failureReply, problemReply } from "./errors.ts";
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

/** Answers that the audit log tells of: no right to it, or too much of it. */
const AUDITED: ReadonlySet<number> = new Set([401, 403, 429]);

/**
 * Routes the request and sends the reply. What is thrown becomes an answer that says no more than whether data is damaged
 * or we have a bug; the log has the rest.
 */
export function answer(context: Context, request: HttpRequest, answerer: Answerer): void {
  try {
    const refusal = wallRefusal(context.services.isGuarded ? context.guardedWall : context.wall, request);
    if (refusal !== undefined) {
      context.config.logger.debug(refusal, "a web page was refused");
      sendOrAbort(context, request, answerer, problemReply(refusal));
      return;
    }
    const reply = route(context, request);
    if (reply instanceof Promise) {
      reply.then(
        (settled) => sendReadable(context, request, answerer, settled),
        (error) => fail(context, request, answerer, error),
      );
    } else sendReadable(context, request, answerer, reply);
  } catch (error) {
    fail(context, request, answerer, error);
  }
}

function sendReadable(context: Context, request: HttpRequest, answerer: Answerer, reply: Reply): void {
  const send = (): void => sendOrAbort(context, request, answerer, readable(context.wall, request, reply));
  const wait = context.services.isGuarded && reply.status >= 400 ? refused(context, request, reply) : 0;
  if (wait === 0) send();
  else setTimeout(send, wait);
}

/** Tells of a refusal. @returns milliseconds for which it is held back */
function refused(
  { services, heldBack }: Context,
  { method, target }: HttpRequest,
  { status }: Reply,
): number {
  if (AUDITED.has(status)) services.noteRefused(status, method, target);
  return heldBack.waitOf(status);
}

function sendOrAbort(context: Context, request: HttpRequest, answerer: Answerer, reply: Reply): void {
  try {
    answerer.send(reply);
  } catch (error) {
    logFailure(context, request, error);
    answerer.abort();
  }
}

function fail(context: Context, request: HttpRequest, answerer: Answerer, error: unknown): void {
  logFailure(context, request, error);
  sendReadable(context, request, answerer, failureReply(error));
}

function logFailure(context: Context, { method, target }: HttpRequest, error: unknown): void {
  logReadFailure(context.config.logger, error, { method, target: loggable(target) });
}
