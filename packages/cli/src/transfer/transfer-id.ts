/** Names of transfers: the same in every run of one, so that a server recognises what it has. */
import { createHash, randomUUID } from "node:crypto";
import { open, realpath } from "node:fs/promises";

/** As much of a file's first line as counts. */
const FIRST_LINE_BYTES = 4096;

/**
 * Names the import of a file: by where it is and by its first line. So a file that has grown goes on where the last
 * import ended, and one that has been replaced (a rotated log, say) begins anew.
 */
export async function fileTransferId(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_LINE_BYTES), 0, FIRST_LINE_BYTES, 0);
    const text = buffer.subarray(0, bytesRead);
    const end = text.indexOf(0x0a);
    return named("import", await realpath(path), text.subarray(0, end < 0 ? bytesRead : end));
  } finally {
    await file.close();
  }
}

/** Names the copy of a stream by the stream's URL. */
export function copyTransferId(sourceUrl: string): string {
  return named("copy", sourceUrl);
}

/** A name that will not occur again: such a transfer cannot be resumed. */
export function onceTransferId(): string {
  return `import-${randomUUID()}`;
}

function named(kind: string, ...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return `${kind}-${hash.digest("hex").slice(0, 32)}`;
}
