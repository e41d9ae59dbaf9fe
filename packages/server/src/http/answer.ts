/** From a request to its reply, for every door: whatever happens, there is exactly one answer. */
import type { Context } from "./context.ts";
import { problemReply } from "./errors.ts";
import { exposed } from "./exposed-headers.ts";
import type { Reply } from "./reply.ts";
import type { HttpRequest } from "./request.ts";
import { route } from "./router.ts";

/**
 * Routes the request and sends the reply. A bug of ours becomes a 500 that says no more than that; the log has the
 * rest.
 *
 * @param send writes the reply
 * @param abort breaks the connection; called when `send` fails
 */
export function answer(
  context: Context,
  request: HttpRequest,
  send: (reply: Reply) => void,
  abort: () => void,
): void {
  const logged = (error: unknown): void => {
    const { method, target } = request;
    context.config.logger.error({ err: error, method, target }, "request failed");
  };
  const sendOrAbort = (reply: Reply): void => {
    try {
      send(exposed(request, reply));
    } catch (error) {
      logged(error);
      abort();
    }
  };
  const fail = (error: unknown): void => {
    logged(error);
    sendOrAbort(problemReply({ kind: "internal-error" }));
  };
  try {
    const reply = route(context, request);
    if (reply instanceof Promise) reply.then(sendOrAbort, fail);
    else sendOrAbort(reply);
  } catch (error) {
    fail(error);
  }
}
