/** Structs that records and rows have in common. */
import type { ForkOrigin } from "../../../stream/state.ts";
import { always, flag, Struct, text, u64 } from "./fields.ts";

export const FORK_ORIGIN = new Struct<ForkOrigin>(
  "a fork's origin",
  () => ({
    ...{ sourceId: 0, sourcePath: "", anchor: 0, subOffset: 0, offset: 0 },
    ...{ inheritsLifetime: false, inheritsMaxBytes: false },
  }),
  {
    sourceId: always(u64),
    sourcePath: always(text),
    anchor: always(u64),
    subOffset: always(u64),
    offset: always(u64),
    inheritsLifetime: flag(1),
    inheritsMaxBytes: flag(2),
  },
);
