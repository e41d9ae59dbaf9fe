/**
 * The server's states, and what moves it from one to the next. Pure: `server.ts` opens and closes things and reports
 * what happened.
 *
 *     new        nothing is open
 *     opening    the log is being opened
 *     open       the log is open, and `fetch` answers; there is no port
 *     starting   the port is being opened
 *     listening  the port is open, too
 *     stopping   what is under way is finished, and everything is closed
 *     stopped    for good
 *
 *      #  state                    event      next state
 *      1  new                      open       opening
 *      2  opening                  opened     open
 *      3  opening                  failed     new
 *      4  open                     start      starting
 *      5  starting                 started    listening
 *      6  starting                 failed     open
 *      7  new                      stop       stopped
 *      8  other but the last two   stop       stopping
 *      9  stopping                 ended      stopped
 *
 * An event that no row names for a state changes nothing: in 8, what was being opened still reports, and is then closed.
 */
export type Phase = "new" | "opening" | "open" | "starting" | "listening" | "stopping" | "stopped";

export type LifecycleEvent = "open" | "opened" | "start" | "started" | "failed" | "stop" | "ended";

const TRANSITIONS: { readonly [P in Phase]: { readonly [E in LifecycleEvent]?: Phase } } = {
  new: { open: "opening", stop: "stopped" },
  opening: { opened: "open", failed: "new", stop: "stopping" },
  open: { start: "starting", stop: "stopping" },
  starting: { started: "listening", failed: "open", stop: "stopping" },
  listening: { stop: "stopping" },
  stopping: { ended: "stopped" },
  stopped: {},
};

/** The next state. */
export function nextPhase(phase: Phase, event: LifecycleEvent): Phase {
  return TRANSITIONS[phase][event] ?? phase;
}

/** Whether the server takes nothing on any more. */
export function isOver(phase: Phase): boolean {
  return phase === "stopping" || phase === "stopped";
}
