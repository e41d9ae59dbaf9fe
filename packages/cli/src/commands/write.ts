import { HEADER } from "@perennial/protocol";
import { Command } from "commander";
import { isJsonContentType } from "../arguments/json.ts";
import { addWriteOptions, type WriteFlags } from "../arguments/write-arguments.ts";
import type { Connection } from "../connection/connection.ts";
import { requestFailure, usageFailure } from "../failure.ts";
import { connect, type Invocation, report, streamId } from "../invocation.ts";
import { Appender } from "../writing/appender.ts";
import { type Content, contentOf } from "../writing/content.ts";
import { writeBytes, writeJson, writeLines } from "../writing/modes.ts";

/** `write <stream_id> [content...]`: append the words, or standard input. */
export function writeCommand(invocation: Invocation): Command {
  const command = new Command("write")
    .description("append to a stream: the words, or standard input")
    .usage("<stream_id> [content...] [options]\n       echo content | perennial write <stream_id> [options]")
    .argument("<stream_id>")
    .argument("[content...]");
  return addWriteOptions(command).action((id: string, words: readonly string[], flags: WriteFlags) =>
    write(invocation, streamId(id), words, flags),
  );
}

async function write(
  invocation: Invocation,
  id: string,
  words: readonly string[],
  flags: WriteFlags,
): Promise<void> {
  if (flags.producerId === undefined && (flags.producerEpoch ?? flags.producerSeq) !== undefined) {
    throw usageFailure("--producer-epoch and --producer-seq need --producer-id");
  }
  const content = contentOf(words);
  const connection = connect(invocation);
  const url = connection.streamUrl(id);
  try {
    const contentType = flags.contentType ?? (await discoverContentType(connection, url));
    const appender = new Appender(connection, url, contentType, flags);
    report(invocation, `Wrote ${await send(appender, content, contentType, flags)} to stream "${id}"`);
  } catch (error) {
    throw requestFailure(`write to stream "${id}"`, error);
  }
}

/** Without a flag, the stream itself says of what type it is. */
async function discoverContentType(connection: Connection, url: string): Promise<string> {
  const { headers } = await connection.request("HEAD", url);
  return headers.get(HEADER.contentType) ?? "application/octet-stream";
}

function send(appender: Appender, content: Content, contentType: string, flags: WriteFlags): Promise<string> {
  const isJson = isJsonContentType(contentType);
  if (flags.lines && content.kind === "input") return writeLines(appender, content.input, isJson);
  if (isJson) return writeJson(appender, content, flags.batchJson === true);
  return writeBytes(appender, content, flags.raw === true);
}
