import { HEADER } from "@perennial/protocol";
import type { CreateOptions } from "../options.ts";

/** The protocol's headers of a creating request (protocol sections 5 and 6). */
export function createHeaders(
  contentType: string | undefined,
  options: Pick<
    CreateOptions,
    "ttlSeconds" | "expiresAt" | "closed" | "forkedFrom" | "forkOffset" | "forkSubOffset"
  >,
): Record<string, string> {
  const values: Record<string, string | number | undefined> = {
    "content-type": contentType,
    [HEADER.streamTtl]: options.ttlSeconds,
    [HEADER.streamExpiresAt]: options.expiresAt,
    [HEADER.streamClosed]: options.closed ? "true" : undefined,
    [HEADER.streamForkedFrom]: options.forkedFrom,
    [HEADER.streamForkOffset]: options.forkOffset,
    [HEADER.streamForkSubOffset]: options.forkSubOffset,
  };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) headers[name] = String(value);
  return headers;
}
