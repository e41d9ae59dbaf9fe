/** What the exit status of `perennial` means, for scripts. Documented in `perennial --help`. */
export const EXIT = {
  ok: 0,
  /** Something failed that has no code of its own. */
  failure: 1,
  /** The command line, an environment variable or the configuration file is wrong. */
  usage: 2,
  /** There is no such stream (404), or no longer (410). */
  notFound: 3,
  /** The stream is not in a state that allows it: closed, of another type, taken (409). */
  conflict: 4,
  /** The server cannot be reached, is overloaded, or did not answer in time. Trying again may help. */
  unavailable: 5,
  /** The server refuses this caller (401, 403). */
  refused: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
