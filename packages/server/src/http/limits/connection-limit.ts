/** How many connections a listening door holds at once, and what it says when there are more. */
import type { Server } from "node:net";
import type { Config } from "../../config.ts";

/** Open files that the server keeps for itself: the log, its archive, the event loop. */
const OWN_FILES = 100;

/** At most one warning in this time, milliseconds. */
const WARNING_INTERVAL_MS = 60_000;

/**
 * Connections beyond the limit are closed as they come. The limit leaves files to the log: without one for its next
 * segment, whoever opens enough connections would stop all appends.
 */
export function limitConnections(server: Server, { connections, logger, monotonicNow }: Config): void {
  const limit = Math.max(1, Math.min(connections, openFilesAtMost() - OWN_FILES));
  let warnedAt = Number.NEGATIVE_INFINITY;
  server.maxConnections = limit;
  server.on("drop", () => {
    if (monotonicNow() - warnedAt < WARNING_INTERVAL_MS) return;
    warnedAt = monotonicNow();
    logger.warn({ connections: limit }, "closing new connections: as many are open as may be");
  });
}

interface Limits {
  /** Absent on Windows, which has no such limit. */
  readonly userLimits?: { readonly open_files: { readonly soft: number | "unlimited" } };
}

/** The process's limit of open files; Node has raised it to the highest that it may have. */
function openFilesAtMost(): number {
  const { userLimits } = process.report.getReport() as Limits;
  return Number(userLimits?.open_files.soft) || Number.POSITIVE_INFINITY;
}
