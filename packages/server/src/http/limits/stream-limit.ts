import { readOut } from "../../shard/reading.ts";
import type { Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import type { RequestProblem } from "../problems.ts";

/** Why the service may not have another stream. One that is there is no other. */
export function streamProblem(
  { streams }: Pick<Context, "streams">,
  { usage }: Pick<Scope, "usage">,
  path: string,
): RequestProblem | undefined {
  const problem = usage?.stream();
  if (problem === undefined) return undefined;
  const found = readOut(streams.for(path).describe(path));
  return !(found instanceof Promise) && found.kind === "described" ? undefined : problem;
}
