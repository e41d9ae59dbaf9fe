import { once } from "node:events";
import { EXIT } from "../exit-codes.ts";

/** Writes to standard output and waits while the reader of the pipe is behind. */
export async function writeOut(data: Uint8Array | string): Promise<void> {
  if (!process.stdout.write(data)) await once(process.stdout, "drain");
}

/**
 * Called once, before anything is written by whatever command. A reader of the output that has gone away (`| head`) ends the
 * process quietly, since nobody is left to write for. One of the diagnostics ends nothing: what was asked for is done.
 */
export function mindReadersThatLeave(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
