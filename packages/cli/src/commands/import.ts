import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { DEFAULT_CONTENT_TYPE } from "@perennial/protocol";
import { Command } from "commander";
import { isJsonContentType } from "../arguments/json.ts";
import type { Connection } from "../connection/connection.ts";
import { EXIT } from "../exit-codes.ts";
import { failure, requestFailure, usageFailure } from "../failure.ts";
import { connect, type Invocation, report, streamId } from "../invocation.ts";
import { ensureStream } from "../transfer/ensure-stream.ts";
import { byteBatches, lineBatches, withoutFirst } from "../transfer/file-batches.ts";
import { PositionedProducer } from "../transfer/positioned-producer.ts";
import { showProgress } from "../transfer/progress.ts";
import { sendBatches } from "../transfer/send-batches.ts";
import { fileTransferId, onceTransferId } from "../transfer/transfer-id.ts";
import { formatMessages, formatSize } from "../writing/sizes.ts";
import { addContentTypeOptions, JSON_CONTENT_TYPE } from "./content-type-options.ts";

interface ImportFlags {
  readonly contentType?: string;
  readonly id?: string;
  readonly close?: boolean;
}

/** What is imported: a file, or standard input. */
interface Source {
  readonly id: string;
  /** Bytes; undefined: not known. */
  readonly size: number | undefined;
  /** The bytes from a position on. */
  readonly from: (position: number) => AsyncIterable<Uint8Array>;
}

/** `import <stream_id> <file>`: append a file exactly once, resuming where an earlier run was cut off. */
export function importCommand(invocation: Invocation): Command {
  const command = new Command("import")
    .description(
      "append a file to a stream exactly once; run it again to resume, or to add what the file gained",
    )
    .argument("<stream_id>", "created if it does not exist")
    .argument("<file>", "lines of JSON for a JSON stream, else bytes; - for standard input");
  return addContentTypeOptions(
    command,
    "create a JSON stream, each line a message (the default for .ndjson, .jsonl)",
  )
    .option("--id <id>", "name of this import, by which it is resumed (default: by file name and first line)")
    .option("--close", "close the stream at the end")
    .action(async (id: string, file: string, flags: ImportFlags) => {
      const source = file === "-" ? standardInput(flags.id) : await fileSource(file, flags.id);
      const connection = connect(invocation);
      try {
        const contentType = flags.contentType ?? typeByName(file);
        report(invocation, await importSource(connection, streamId(id), source, { ...flags, contentType }));
      } catch (error) {
        throw requestFailure(`import into stream "${id}"`, error);
      }
    });
}

async function importSource(
  connection: Connection,
  id: string,
  source: Source,
  flags: ImportFlags & { readonly contentType: string },
): Promise<string> {
  const url = connection.streamUrl(id);
  const contentType = await ensureStream(connection, url, flags.contentType);
  const isJson = isJsonContentType(contentType);
  const producer = new PositionedProducer(connection, { url, contentType, producerId: source.id });
  const reach = await producer.position(Buffer.from("0"));
  if (reach.kind === "closed" && flags.close) return `Imported nothing: stream "${id}" is closed already`;
  if (reach.kind === "closed") throw failure(`stream "${id}" is closed`, EXIT.conflict);
  const start = reach.position;
  if (source.size !== undefined && source.size < start) {
    throw usageFailure(
      `the file has ${source.size} bytes, but ${start} were imported before; name this one with --id`,
    );
  }
  const input = source.from(start);
  const batches = isJson ? lineBatches(input, start) : byteBatches(input, start);
  const progress = showProgress({ total: source.size, start });
  const { units, position } = await sendBatches(producer, batches, progress, start);
  if (flags.close) await producer.close();
  const what = isJson ? formatMessages(units) : formatSize(units);
  const before = start > 0 ? `; ${formatSize(start)} of ${formatSize(position)} were there already` : "";
  return `Imported ${what} into stream "${id}"${before}`;
}

async function fileSource(path: string, id: string | undefined): Promise<Source> {
  try {
    const { size } = await stat(path);
    return {
      id: id ?? (await fileTransferId(path)),
      size,
      from: (start) => createReadStream(path, { start, highWaterMark: 256 * 1024 }),
    };
  } catch (error) {
    throw usageFailure(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function standardInput(id: string | undefined): Source {
  return { id: id ?? onceTransferId(), size: undefined, from: (start) => withoutFirst(process.stdin, start) };
}

function typeByName(file: string): string {
  return /\.(ndjson|jsonl)$/i.test(file) ? JSON_CONTENT_TYPE : DEFAULT_CONTENT_TYPE;
}
