import { DEFAULT_CONTENT_TYPE, HEADER } from "@perennial/protocol";
import { Command } from "commander";
import { byteCount, duration } from "../arguments/option-values.ts";
import { requestFailure, usageFailure } from "../failure.ts";
import { connect, type Invocation, report, streamId } from "../invocation.ts";
import { addContentTypeOptions } from "./content-type-options.ts";

interface CreateFlags {
  readonly contentType?: string;
  /** ms */
  readonly ttl?: number;
  readonly expiresAt?: string;
  readonly maxBytes?: number;
  readonly closed?: boolean;
  readonly body?: string;
}

/** `create <stream_id>`: PUT. Creating the same stream twice succeeds. */
export function createCommand(invocation: Invocation): Command {
  const command = new Command("create").description("create a stream").argument("<stream_id>");
  return addContentTypeOptions(command, "create a JSON stream (same as --content-type application/json)")
    .option(
      "--ttl <time>",
      "let the stream expire when it was not used for so long (seconds, or 30m, 2h)",
      duration("--ttl", "s"),
    )
    .option("--expires-at <time>", "let the stream expire at this time, such as 2030-01-01T00:00:00Z")
    .option(
      "--max-bytes <size>",
      "let the stream hold no more than this, such as 10MB; appends beyond it are refused",
      byteCount("--max-bytes"),
    )
    .option("--body <text>", "first content of the stream")
    .option("--closed", "create the stream closed: --body is all it will ever hold")
    .action((id: string, flags: CreateFlags) => create(invocation, streamId(id), flags));
}

async function create(invocation: Invocation, id: string, flags: CreateFlags): Promise<void> {
  const connection = connect(invocation);
  const url = connection.streamUrl(id);
  try {
    await connection.request("PUT", url, { headers: headersOf(flags), body: flags.body });
  } catch (error) {
    throw requestFailure(`create stream "${id}"`, error);
  }
  report(invocation, `Stream created successfully: "${id}"\n  URL: ${url}`);
}

function headersOf({ contentType, ttl, expiresAt, maxBytes, closed }: CreateFlags): Record<string, string> {
  const headers: Record<string, string> = { [HEADER.contentType]: contentType ?? DEFAULT_CONTENT_TYPE };
  if (ttl !== undefined && ttl % 1000 !== 0) throw usageFailure("--ttl must be whole seconds");
  if (ttl !== undefined) headers[HEADER.streamTtl] = String(ttl / 1000);
  if (expiresAt !== undefined) headers[HEADER.streamExpiresAt] = expiresAt;
  if (maxBytes !== undefined) headers[HEADER.streamMaxBytes] = String(maxBytes);
  if (closed) headers[HEADER.streamClosed] = "true";
  return headers;
}
