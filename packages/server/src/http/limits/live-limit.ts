import type { Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import type { RequestProblem } from "../problems.ts";

/** Why no other live reader is taken on now, if so. */
export function refuseReader({ live, config }: Context, { usage }: Scope): RequestProblem | undefined {
  switch (live.room()) {
    case "free":
      return usage?.reader();
    case "full":
      return { kind: "too-many-readers", limit: config.liveReaders };
    case "stopping":
      return { kind: "stopping" };
  }
}
