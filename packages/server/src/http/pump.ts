/** Writing a body of known length piece by piece, never more than the socket takes. */
import type { Writable } from "node:stream";
import type { ByteSource } from "./reply.ts";

/**
 * Writes all of `source` and then calls `onEnd`. When the client takes nothing for `stalledReaderMs`, or the stream
 * is removed under the read, the target is destroyed, so that the client sees its body break off.
 */
export function pump(source: ByteSource, target: Writable, stalledReaderMs: number, onEnd: () => void): void {
  let stalled: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(stalled);
    target.off("drain", writeOn);
    target.off("close", stop);
  };
  const writeOn = (): void => {
    clearTimeout(stalled);
    const rest = writeWhileTaken(source, target);
    if (rest === "more") {
      stalled = setTimeout(() => target.destroy(), stalledReaderMs);
      return;
    }
    stop();
    if (rest === "end") onEnd();
    else target.destroy();
  };
  target.on("drain", writeOn);
  target.on("close", stop);
  writeOn();
}

/** `more`: the target has taken enough for now. `lost`: the stream was removed, or the client is gone. */
function writeWhileTaken(source: ByteSource, target: Writable): "more" | "end" | "lost" {
  try {
    for (;;) {
      if (target.destroyed) return "lost";
      const piece = source.next();
      if (piece === undefined) return "end";
      if (!target.write(piece)) return "more";
    }
  } catch {
    return "lost";
  }
}
