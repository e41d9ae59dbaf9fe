import type { Context } from "../context.ts";
import type { RequestProblem } from "../problems.ts";

/** Why no other live reader is taken on now, if so. */
export function refuseReader({ live, config }: Context): RequestProblem | undefined {
  switch (live.room()) {
    case "free":
      return undefined;
    case "full":
      return { kind: "too-many-readers", limit: config.liveReaders };
    case "stopping":
      return { kind: "stopping" };
  }
}
