import { withinLimit } from "./attempt.ts";

/** After how many requests a controller is not used any further: `fetch` leaves a listener on it for each. */
const USES_MAX = 8;

let spare: AbortController | undefined;
let uses = 0;

/**
 * As `withinLimit`, for requests whose answer is read whole. Their controller is used again and again, by one request at
 * a time: in Node, making signals is most of what a time limit costs (4 of 6 µs). A response that is still being read
 * when its controller ends another request would be cut.
 */
export const withinLimitWhole: typeof withinLimit = async (ms, signal, attempt) => {
  const controller = spare ?? new AbortController();
  spare = undefined;
  const result = await withinLimit(ms, signal, attempt, controller);
  // After a failure it is not kept: the attempt may have been given up, or broke.
  spare = ++uses % USES_MAX ? controller : undefined;
  return result;
};
