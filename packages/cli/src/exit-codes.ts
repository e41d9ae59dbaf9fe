/** What the exit status of `perennial` means, for scripts. Documented in `perennial --help`. */
export const EXIT = {
  ok: 0,
  /** Something failed that has no code of its own. */
  failure: 1,
  /** The command line, an environment variable or the configuration file is wrong. */
  usage: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
