import { HEADER } from "@perennial/protocol";
import { isStreamId } from "../../core/ids.ts";
import { PROXY_HEADER } from "../../core/words.ts";
import { isSigned, serviceProblem, signatureProblem } from "../auth.ts";
import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { missingResponse, storageResponse } from "../http/missing.ts";

const PASSED = [
  HEADER.streamNextOffset,
  "Stream-Total-Size",
  "Stream-Write-Units",
  HEADER.streamExpiresAt,
  HEADER.streamClosed,
];

/** `HEAD /v1/proxy/{id}`: how far it is, and how it ended. */
export async function head(
  context: Context,
  id: string,
  request: Request,
  query: URLSearchParams,
): Promise<Response> {
  const problem = isSigned(query)
    ? signatureProblem(context.settings, id, query)
    : await serviceProblem(context.settings, request);
  if (problem !== undefined) return errorResponse(problem.code, problem.message);
  if (!isStreamId(id)) return missingResponse("missing");
  try {
    const found = await context.records.find(id);
    if (found.kind === "rejected") return missingResponse(found.rejection);
    const { description, isClosed, headers } = found.value;
    const shown = new Headers({
      [PROXY_HEADER.upstreamContentType]: description.contentType,
      [HEADER.cacheControl]: "no-store",
    });
    for (const name of PASSED) {
      const value = headers.get(name);
      if (value !== null) shown.set(name, value);
    }
    if (isClosed) shown.set(PROXY_HEADER.upstreamOutcome, await context.records.outcome(id));
    return new Response(null, { status: 200, headers: shown });
  } catch (error) {
    return storageResponse(context, id, error, request);
  }
}
