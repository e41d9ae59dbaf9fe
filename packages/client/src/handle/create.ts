import {
  CONTENT_TYPE,
  STREAM_CLOSED,
  STREAM_EXPIRES_AT,
  STREAM_FORK_OFFSET,
  STREAM_FORK_SUB_OFFSET,
  STREAM_FORKED_FROM,
  STREAM_MAX_BYTES,
  STREAM_TTL,
} from "@perennial/protocol";
import type { ProtocolHeaders } from "../http/records.ts";
import type { CreateOptions } from "../options.ts";

/** The protocol's headers of a creating request (protocol §5 and §6). */
export function createHeaders(
  contentType: string | undefined,
  options: Pick<
    CreateOptions,
    "ttlSeconds" | "expiresAt" | "maxBytes" | "closed" | "forkedFrom" | "forkOffset" | "forkSubOffset"
  >,
): ProtocolHeaders {
  return {
    [CONTENT_TYPE]: contentType,
    [STREAM_TTL]: options.ttlSeconds,
    [STREAM_EXPIRES_AT]: options.expiresAt,
    [STREAM_MAX_BYTES]: options.maxBytes,
    [STREAM_CLOSED]: options.closed || undefined,
    [STREAM_FORKED_FROM]: options.forkedFrom,
    [STREAM_FORK_OFFSET]: options.forkOffset,
    [STREAM_FORK_SUB_OFFSET]: options.forkSubOffset,
  };
}
