/** The local log on any disk and any ordered store: what stands below it, for whoever brings their own. */
export type { ArchiveStore, Change, Entry } from "./archive/archive-store.ts";
export type { Disk, DiskFile } from "./disk.ts";
export { LocalLog } from "./local-log.ts";
export type { LocalLogParts } from "./local-log-parts.ts";
