import { isStreamId } from "../../core/ids.ts";
import { PROXY_QUERY } from "../../core/words.ts";
import { signatureProblem } from "../auth.ts";
import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { storageResponse } from "../http/missing.ts";

/** `PATCH /v1/proxy/{id}?action=abort`: ends the response, whichever process fetches it. 204 also if there is nothing to end. */
export async function abort(
  context: Context,
  id: string,
  request: Request,
  query: URLSearchParams,
): Promise<Response> {
  const problem = signatureProblem(context.settings, id, query);
  if (problem !== undefined) return errorResponse(problem.code, problem.message);
  if (query.get(PROXY_QUERY.action) !== "abort")
    return errorResponse("INVALID_ACTION", "The one action that there is is abort");
  if (!isStreamId(id)) return new Response(null, { status: 204 });
  try {
    await endResponse(context, id);
    return new Response(null, { status: 204 });
  } catch (error) {
    return storageResponse(context, id, error, request);
  }
}

/** Ends a response for its readers, and its request to the upstream. Rejects when the server below fails. */
export async function endResponse(context: Context, id: string): Promise<void> {
  if (await context.running.stop(id, "aborted")) return;
  const found = await context.records.find(id);
  if (found.kind === "rejected") {
    if (found.rejection === "unavailable") throw new Error("a stream cannot be looked up");
    return;
  }
  const { isClosed, description } = found.value;
  if (isClosed) return;
  await context.records.settle(id, "aborted");
  const { instance } = description;
  if (instance === undefined || instance === context.lease.instance) return;
  // It finds the stream closed with its next piece; an upstream that is silent it would go on waiting for.
  if (await context.lease.isAlive(instance)) await context.lease.askToAbort(instance, id);
}
