import { CONTENT_TYPE, STREAM_NEXT_OFFSET, STREAM_UP_TO_DATE } from "@perennial/protocol";
import { JSON_TYPE } from "./target.ts";

/**
 * A `fetch` for one read that begins with its live connection. A read asks first what there is, so that caches may answer; of a
 * stream that was made a moment ago nobody knows anything, and that request is one that the first token waits for. It is
 * answered here: nothing up to `offset`. All later ones go their way, also to long-polls, where events do not come through.
 */
export function liveAtOnce(offset: string, send: typeof globalThis.fetch): typeof globalThis.fetch {
  let isFirst = true;
  return async (input, init) => {
    if (!isFirst) return send(input, init);
    isFirst = false;
    const headers = { [CONTENT_TYPE]: JSON_TYPE, [STREAM_NEXT_OFFSET]: offset, [STREAM_UP_TO_DATE]: "true" };
    return new Response("[]", { headers });
  };
}
