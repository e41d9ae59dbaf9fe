import { once } from "node:events";
import { EXIT } from "../exit-codes.ts";

/** Writes to standard output and waits while the reader of the pipe is behind. */
export async function writeOut(data: Uint8Array | string): Promise<void> {
  if (!process.stdout.write(data)) await once(process.stdout, "drain");
}

/**
 * Called once, before anything is written by whatever command: a reader that has gone away (`| head`) ends the process
 * quietly, since nobody is left to write for.
 */
export function quitWhenReaderLeaves(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
}
