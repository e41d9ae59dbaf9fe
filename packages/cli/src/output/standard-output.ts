import { once } from "node:events";
import { EXIT } from "../exit-codes.ts";

/**
 * Writes to standard output and waits while the reader of the pipe is behind. A reader that has gone away
 * (`| head`) ends the process quietly: nobody is left to write for.
 */
export async function writeOut(data: Uint8Array | string): Promise<void> {
  quitWhenReaderLeaves();
  if (!process.stdout.write(data)) await once(process.stdout, "drain");
}

let watching = false;

function quitWhenReaderLeaves(): void {
  if (watching) return;
  watching = true;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
}
