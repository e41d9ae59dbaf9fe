/** GET of what a service uses and may use: an extension, described in docs/services.md. */
import { CONTROL_SEGMENT, STREAM_ROOT } from "@perennial/protocol";
import { mayDo, type Scope } from "../access/scope.ts";
import { problemReply } from "../errors.ts";
import type { Query } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { pageProblem, pageReply } from "./extension-page.ts";

/** Where it is. */
export const USAGE_PATH = `${STREAM_ROOT}/${CONTROL_SEGMENT}/usage`;

export async function usage(scope: Scope, request: HttpRequest, query: Query): Promise<Reply> {
  const problem = pageProblem(request.method, query, []);
  if (problem !== undefined) return problemReply(problem);
  // Without services nothing is counted, and nobody asks.
  if (scope.usage === undefined) return problemReply({ kind: "no-control-api" });
  const refusal = mayDo(scope, "list", scope.prefix);
  if (refusal !== undefined) return problemReply(refusal);
  const { limits } = scope.usage;
  return pageReply(request, { service: scope.service, usage: await scope.usage.counted(), limits });
}
