/**
 * The formats of a data directory, and how one becomes the next. Every change of what is stored is a format of its own
 * (CONTRIBUTING.md, "Changing what is stored"), so that an older version refuses the directory as a whole instead of
 * meeting what it does not know stream by stream.
 */

/** How a directory of one format becomes one of the next. */
export interface Upgrade {
  /** What the new format has, in a few words, for whoever reads the list. */
  readonly what: string;
  /**
   * Makes the change. The directory is locked and nothing has it open. It may be run again after a crash at any
   * moment, so it must not mind what is changed already. Nothing to do where the new format only adds optional fields.
   */
  readonly run: (directory: string) => Promise<void>;
}

/** By order: the first leads from format 1 to format 2. */
export const UPGRADES: readonly Upgrade[] = [
  { what: "streams have a limit, Stream-Max-Bytes: an optional field", run: () => Promise.resolve() },
  {
    what: "services: a stream of the server's own, which an older version would overlook, and let everybody in",
    run: () => Promise.resolve(),
  },
  {
    what: "producers of a stream that remembers many: pages of their own, written when the stream next changes",
    run: () => Promise.resolve(),
  },
];

/** The format that this version writes. It opens all from 1 to this one. */
export const FORMAT_VERSION = UPGRADES.length + 1;
