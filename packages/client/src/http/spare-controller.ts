/** After how many requests a controller is not used any further: `fetch` leaves a listener on it for each. */
const USES_MAX = 8;

/**
 * Controllers for requests whose answer is read whole, used again and again, by one request at a time: in Node, making
 * their signals is most of what a time limit costs (4 of 6 µs). A response that is still being read when its controller
 * ends another request would be cut.
 */
export interface Controllers {
  take(): AbortController;
  /** Gives back one that is not aborted. */
  keep(controller: AbortController): void;
}

let spare: AbortController | undefined;
let uses = 0;

/** Keeps one: whoever appends again and again needs no more. */
export const controllers: Controllers = {
  take() {
    const controller = spare ?? new AbortController();
    spare = undefined;
    return controller;
  },
  keep(controller) {
    spare = ++uses % USES_MAX ? controller : undefined;
  },
};
