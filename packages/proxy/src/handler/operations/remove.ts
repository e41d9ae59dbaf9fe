import { isStreamId } from "../../core/ids.ts";
import { serviceProblem } from "../auth.ts";
import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { missingResponse, storageResponse } from "../http/missing.ts";
import { endResponse } from "./abort.ts";

/** `DELETE /v1/proxy/{id}`: ends the response and deletes it. 204 also if there is none. */
export async function remove(context: Context, id: string, request: Request): Promise<Response> {
  const problem = await serviceProblem(context.settings, request);
  if (problem !== undefined) return errorResponse(problem.code, problem.message);
  if (!isStreamId(id)) return new Response(null, { status: 204 });
  try {
    await endResponse(context, id);
    const isDeleted = await context.records.delete(id);
    return isDeleted ? new Response(null, { status: 204 }) : missingResponse("unavailable");
  } catch (error) {
    return storageResponse(context, id, error, request);
  }
}
