import { FetchError } from "@perennial/client";
import { DEFAULT_CONTENT_TYPE, HEADER } from "@perennial/protocol";
import { Command } from "commander";
import { isJsonContentType } from "../arguments/json.ts";
import { addWriteOptions, type WriteFlags } from "../arguments/write-arguments.ts";
import type { Connection } from "../connection/connection.ts";
import { requestFailure, usageFailure } from "../failure.ts";
import { connect, type Invocation, report, streamId } from "../invocation.ts";
import { Appender } from "../writing/appender.ts";
import { type Content, contentOf } from "../writing/content.ts";
import { writeBytes, writeJson, writeLines } from "../writing/modes.ts";
import { formatSize, formatSizeOfficially } from "../writing/sizes.ts";

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
  const found = flags.contentType === undefined ? await discoverContentType(connection, url, id) : undefined;
  const contentType = flags.contentType ?? found ?? DEFAULT_CONTENT_TYPE;
  const appender = new Appender(connection, url, contentType, flags);
  try {
    const wrote = await send(appender, content, contentType, { ...flags, format: formatOf(invocation) });
    report(invocation, `Wrote ${wrote} to stream "${id}"`);
  } catch (error) {
    const isGuess = flags.contentType === undefined && found === undefined;
    throw requestFailure(`write to stream "${id}"`, error, isGuess ? GUESSED : "");
  }
}

/** What to do when an append was refused whose type was a guess. */
const GUESSED =
  "\n  The stream did not say its type, so it was written to as application/octet-stream; --content-type or --json names it";

const formatOf = ({ name }: Invocation) => (name === "perennial" ? formatSize : formatSizeOfficially);

/** Statuses of a server that lets nobody, or not this caller, ask: credentials may be for writing only. */
const NOT_ASKED: ReadonlySet<number> = new Set([401, 403, 405, 501]);

/** Without a flag, the stream itself says of what type it is. Undefined if it may not be asked. */
async function discoverContentType(
  connection: Connection,
  url: string,
  id: string,
): Promise<string | undefined> {
  try {
    const { headers } = await connection.request("HEAD", url);
    return headers.get(HEADER.contentType) ?? undefined;
  } catch (error) {
    if (error instanceof FetchError && NOT_ASKED.has(error.status)) return undefined;
    throw requestFailure(`write to stream "${id}"`, error);
  }
}

function send(
  appender: Appender,
  content: Content,
  contentType: string,
  flags: WriteFlags & { readonly format: (bytes: number) => string },
): Promise<string> {
  const isJson = isJsonContentType(contentType);
  if (flags.lines && content.kind === "input") return writeLines(appender, content.input, isJson);
  if (isJson) return writeJson(appender, content, flags.batchJson === true);
  return writeBytes(appender, content, flags.raw === true, flags.format);
}
