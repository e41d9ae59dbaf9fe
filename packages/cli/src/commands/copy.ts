import { HEADER } from "@perennial/protocol";
import { Command } from "commander";
import { isJsonContentType } from "../arguments/json.ts";
import { validateUrl } from "../arguments/validate.ts";
import type { Connection } from "../connection/connection.ts";
import { requestFailure, usageFailure } from "../failure.ts";
import { connectTo, type Invocation, report } from "../invocation.ts";
import { ensureStream } from "../transfer/ensure-stream.ts";
import { PositionedProducer } from "../transfer/positioned-producer.ts";
import { showProgress } from "../transfer/progress.ts";
import { sendBatches } from "../transfer/send-batches.ts";
import { streamBatches } from "../transfer/stream-batches.ts";
import { copyTransferId } from "../transfer/transfer-id.ts";
import { formatMessages, formatSize } from "../writing/sizes.ts";

interface CopyFlags {
  readonly follow?: boolean;
}

/** `copy <source_url> <target_url>`: one stream into another, on any two servers of the protocol. */
export function copyCommand(invocation: Invocation): Command {
  return new Command("copy")
    .description(
      "copy a stream to another, on any two servers, exactly once; run it again to resume or catch up",
    )
    .argument("<source_url>", "URL of the stream to read")
    .argument("<target_url>", "URL of the stream to write, created if it does not exist")
    .option("--follow", "go on with what is appended, until the source is closed")
    .action(async (source: string, target: string, flags: CopyFlags) => {
      for (const url of [source, target]) {
        const { error } = validateUrl(url);
        if (error !== undefined) throw usageFailure(error);
      }
      const connection = connectTo(invocation, source);
      try {
        report(invocation, await copy(connection, source, target, flags.follow === true));
      } catch (error) {
        throw requestFailure("copy the stream", error);
      }
    });
}

async function copy(
  connection: Connection,
  source: string,
  target: string,
  follow: boolean,
): Promise<string> {
  const { headers } = await connection.request("HEAD", source);
  const contentType = headers.get(HEADER.contentType) ?? "application/octet-stream";
  const targetType = await ensureStream(connection, target, contentType);
  if (isJsonContentType(targetType) !== isJsonContentType(contentType)) {
    throw usageFailure(`the source is ${contentType}, the target ${targetType}`);
  }
  const producer = new PositionedProducer(connection, {
    url: target,
    contentType: targetType,
    producerId: copyTransferId(source),
  });
  const start = await producer.position(Buffer.from("0"));
  const isJson = isJsonContentType(contentType);
  const format = isJson ? formatMessages : formatSize;
  const session = { closed: false };
  const batches = streamBatches(connection, { url: source, start, follow, isJson }, session);
  const progress = showProgress({ total: undefined, start, format });
  const { units } = await sendBatches(producer, batches, progress, start);
  if (session.closed) await producer.close();
  const what = format(units);
  return `Copied ${what}${session.closed ? " and closed the copy, like the source" : ""}`;
}
