import {
  STREAM_CLOSED,
  STREAM_EXPIRES_AT,
  STREAM_FORK_OFFSET,
  STREAM_FORK_SUB_OFFSET,
  STREAM_FORKED_FROM,
  STREAM_TTL,
} from "@perennial/protocol";
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
    [STREAM_TTL]: options.ttlSeconds,
    [STREAM_EXPIRES_AT]: options.expiresAt,
    [STREAM_CLOSED]: options.closed ? "true" : undefined,
    [STREAM_FORKED_FROM]: options.forkedFrom,
    [STREAM_FORK_OFFSET]: options.forkOffset,
    [STREAM_FORK_SUB_OFFSET]: options.forkSubOffset,
  };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) headers[name] = String(value);
  return headers;
}
